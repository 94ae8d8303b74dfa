"""The answers of the local server from the tables."""

import json
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from threading import Lock, Timer
from typing import Any

import duckdb

from hublake.explorer.data.model_index import INDEX
from hublake.explorer.lists import read_list
from hublake.explorer.model_index import ModelIndex
from hublake.explorer.reach import reach
from hublake.lake.errors import HublakeError, WrongUse
from hublake.lake.suggestions import SHOWN
from hublake.serving.output import plain_value
from hublake.serving.read_only_sql import ReadOnlySql
from hublake.serving.reader import PublishedTables

Answer = Callable[[Mapping[str, str]], Any]

LONGEST_ID = 500
LONGEST_WORDS = 200  # characters
MOST_FOUND = 12
BOM_VERSION = "1.6"  # of CycloneDX
SECONDS = 20.0  # of a query of the user
ROWS = 1_000  # of its result
RESULT_CHARACTERS = 4_000_000
CELL_CHARACTERS = 2_000


class Answers:
    """Answers by name. Queries of the pages use one connection, those of the user another one that can read nothing but the tables.

    `data` is the folder of these tables' data, `reopen` opens the same tables for the user. Each connection answers one request at a time.
    """

    def __init__(self, published: PublishedTables, data: Path, reopen: Callable[[], PublishedTables]) -> None:
        self.published = published
        published.execute("SET parquet_metadata_cache = true")
        self._index = ModelIndex(published, data / INDEX)
        self._reopen = reopen
        self._sql: ReadOnlySql | None = None
        self._lock, self._sql_lock = Lock(), Lock()

    def by_name(self) -> dict[str, Answer]:
        """Name in the address -> answer."""
        return {"model": self.model, "bom": self.bom, "find": self.find, "list": self.list, "reach": self.reach, "sql": self.sql}

    def interrupt(self) -> None:
        """End running queries."""
        self.published.connection.interrupt()
        if self._sql is not None:
            self._sql.published.connection.interrupt()

    def model(self, fields: Mapping[str, str]) -> Any:
        """`id`: all facts on one model, as `hublake model --format json` prints them."""
        with self._lock:
            return self._index.facts(_only_field(fields, "id", LONGEST_ID))

    def bom(self, fields: Mapping[str, str]) -> Any:
        """`id`: the bill of materials of a model, as `hublake bom` prints it."""
        with self._lock:
            return json.loads(self._index.bom(_only_field(fields, "id", LONGEST_ID), "cyclonedx", BOM_VERSION))

    def find(self, fields: Mapping[str, str]) -> Any:
        """`words`: the most downloaded models whose name contains each of them; where there is none, those with similar names."""
        words = _only_field(fields, "words", LONGEST_WORDS)
        found = self._index.find(words, MOST_FOUND)
        with self._lock:
            return {"found": found, "similar": [] if found else self._index.similar(words.strip(), SHOWN)}

    def list(self, fields: Mapping[str, str]) -> Any:
        """Rows of a table that have given values; see `read_list`."""
        with self._lock:
            return read_list(self._index, fields)

    def reach(self, fields: Mapping[str, str]) -> Any:
        """`dataset`: the models that descend from a dataset; see `reach`."""
        with self._lock:
            return reach(self._index, _only_field(fields, "dataset", LONGEST_ID).strip())

    def sql(self, fields: Mapping[str, str]) -> Any:
        """`q`: one query that only reads, with at most ROWS rows, within SECONDS."""
        query = _only_field(fields, "q")
        if not self._sql_lock.acquire(blocking=False):
            raise HublakeError(f"another query is still running; it ends within {SECONDS:.0f} s. Try again")
        try:
            self._sql = self._sql or ReadOnlySql(self._reopen())
            return bounded_result(self._sql, query)
        finally:
            self._sql_lock.release()


def bounded_result(sql: ReadOnlySql, query: str, seconds: float = SECONDS) -> dict[str, Any]:
    """The first ROWS rows of one query. Long texts are cut. Raises HublakeError where it takes more than `seconds`."""
    timer = Timer(seconds, sql.published.connection.interrupt)
    timer.start()
    try:
        result = sql.run_one(query)
        rows, left = [], RESULT_CHARACTERS
        for row in islice(result.rows, ROWS):
            rows.append([_cut(value) for value in row])
            left -= sum(len(str(value)) for value in rows[-1])
            if left < 0:
                break
        is_cut = next(result.rows, None) is not None
    except HublakeError as error:
        if isinstance(error.__cause__, duckdb.InterruptException):
            raise HublakeError(f"the query did not end within {seconds:.0f} s and was stopped: read fewer rows or columns") from error
        raise
    finally:
        timer.cancel()
    return {"columns": list(result.columns), "rows": rows, "truncated": is_cut}


def _cut(value: Any) -> Any:
    plain = plain_value(value)
    if isinstance(plain, list | dict) and len(str(plain)) > CELL_CHARACTERS:
        plain = str(plain)
    if isinstance(plain, str) and len(plain) > CELL_CHARACTERS:
        return f"{plain[:CELL_CHARACTERS]}… ({len(plain):,} characters)"
    return plain


def _only_field(fields: Mapping[str, str], name: str, longest: int | None = None) -> str:
    if set(fields) != {name} or not fields[name].strip():
        raise WrongUse(f"the address needs one field, {name}=..., and no other")
    return fields[name][:longest]
