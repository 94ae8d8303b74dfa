"""Fingerprints: digests of everything that determines a table's snapshot. A snapshot whose fingerprint has not changed is current."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hublake.lake.schema import Table
from hublake.spark_jobs.engine.job_sources import job_digest
from hublake.spark_jobs.job import Job

# Increase this number when a change of the engine changes the rows of tables whose jobs stay as they are, such as a new quarantine rule.
ENGINE_REVISION = 1
UNKNOWN = "none"  # instead of the fingerprint of an input that was never built


@dataclass(frozen=True)
class Fingerprint:
    """`rows` covers everything that determines the rows; `comments` the comments of the table and its columns.

    `method` and `inputs` are the two parts of `rows`: how the rows are computed, and from what. A change of comments alone publishes the
    new comments and computes nothing. gold.builds stores all four, as "rows-comments-method-inputs".
    """

    rows: str
    comments: str
    method: str = ""
    inputs: str = ""

    def __str__(self) -> str:
        return f"{self.rows}-{self.comments}-{self.method}-{self.inputs}"

    @staticmethod
    def parse(text: str) -> "Fingerprint":
        """Read a stored fingerprint. One from an older release has no method, so that no row of its snapshot is carried over."""
        return Fingerprint(*(*text.split("-"), "", "", "")[:4])


def compute_fingerprint(job: Job, inputs: Mapping[str, str]) -> Fingerprint:
    """Digest the job's code, curated lists, parameters and declarations, and its inputs: name -> version or `Fingerprint.rows`."""
    method, found = _method(job), dict(inputs)
    return Fingerprint(_digest({**method, "inputs": found}), _digest(list(_comments(job.writes))), _digest(method), _digest(found))


def method_of(job: Job) -> str:
    """The `Fingerprint.method` of what the job would compute now."""
    return _digest(_method(job))


def _method(job: Job) -> dict[str, Any]:
    tables = (job.writes, *job.reads, *job.reads_previous, *job.reads_earlier)
    return {
        "engine": ENGINE_REVISION,
        "table": job.name,
        "code": job_digest(job.module),
        "params": None if job.params is None else asdict(job.params),
        "declarations": {table.full_name: _structure(table) for table in tables},
    }


def _structure(table: Table) -> dict[str, Any]:
    """Everything in a declaration that can change rows: types, key, partitions and constraints, but no prose."""
    columns = [(c.name, c.type, c.required, c.at_least, c.at_most, c.values) for c in table]
    return {"key": table.key, "partitioned_by": table.partitioned_by, "is_history": table.is_history, "columns": columns}


def _comments(table: Table) -> Iterable[str]:
    yield table.comment
    yield from (column.comment for column in table)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
