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

    A change of comments alone publishes the new comments and computes nothing. gold.builds stores both, as "rows-comments".
    """

    rows: str
    comments: str

    def __str__(self) -> str:
        return f"{self.rows}-{self.comments}"

    @staticmethod
    def parse(text: str) -> "Fingerprint":
        """Read a stored fingerprint. One from an older release differs from every current one, so its table is rebuilt."""
        rows, _, comments = text.partition("-")
        return Fingerprint(rows, comments)


def compute_fingerprint(job: Job, inputs: Mapping[str, str]) -> Fingerprint:
    """Digest the job's code, curated lists, parameters and declarations, and its inputs: name -> version or `Fingerprint.rows`."""
    tables = (job.writes, *job.reads, *job.reads_previous, *job.reads_earlier)
    content = {
        "engine": ENGINE_REVISION,
        "table": job.name,
        "code": job_digest(job.module),
        "params": None if job.params is None else asdict(job.params),
        "declarations": {table.full_name: _structure(table) for table in tables},
        "inputs": dict(inputs),
    }
    return Fingerprint(_digest(content), _digest(list(_comments(job.writes))))


def _structure(table: Table) -> dict[str, Any]:
    """Everything in a declaration that can change rows: types, key, partitions and constraints, but no prose."""
    columns = [(c.name, c.type, c.required, c.at_least, c.at_most, c.values) for c in table]
    return {"key": table.key, "partitioned_by": table.partitioned_by, "is_history": table.is_history, "columns": columns}


def _comments(table: Table) -> Iterable[str]:
    yield table.comment
    yield from (column.comment for column in table)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
