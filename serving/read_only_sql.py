"""SQL of a user on the published tables: it can read them, and nothing else."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from duckdb import StatementType

import hublake
from hublake.lake.errors import HublakeError, WrongUse
from hublake.lake.suggestions import did_you_mean
from hublake.serving.reader import COMMENT, MEMORY, PublishedTables

QUESTIONS = Path(hublake.__file__).parent / "questions"
DEFECTS = (duckdb.InternalException, duckdb.FatalException)  # of DuckDB; all its other errors are the query's
READS = "SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW and EXPLAIN"
# DuckDB's own SHOW TABLES lists the current schema, which is empty, and its DESCRIBE of a view omits comments.
SHOW_TABLES = re.compile(r"(?:SHOW|DESCRIBE|DESC)(?:\s+(?:ALL\s+)?TABLES)?\s*;?", re.IGNORECASE)
DESCRIBE = re.compile(r"(?:DESCRIBE|DESC|SHOW)\s+(?:TABLE\s+)?(?P<table>\w+\s*\.\s*\w+)\s*;?", re.IGNORECASE)
EXPLAIN = re.compile(r"EXPLAIN\s+(ANALYZE\s+)?", re.IGNORECASE)
_TABLES = """
    SELECT schema_name || '.' || view_name AS name, comment FROM duckdb_views() WHERE NOT internal
    ORDER BY list_position(['bronze', 'silver', 'gold'], schema_name), view_name
"""
_COLUMNS = """
    SELECT column_name, data_type AS column_type, comment FROM duckdb_columns() WHERE schema_name || '.' || table_name = $name
    ORDER BY column_index
"""


@dataclass(frozen=True)
class QueryResult:
    """The result of one query: its columns, and its rows, which are read once. `is_short`: a list of tables or columns, or a plan."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]
    is_short: bool = False


class ReadOnlySql:
    """Runs SELECT statements of DuckDB's dialect on the views bronze.*, silver.* and gold.* of published tables.

    Queries reach no other file, no network, no setting, no variable of this process. The connection of
    `published` stays locked in this way.
    """

    def __init__(self, published: PublishedTables) -> None:
        self.published = published
        self._connection = published.connection
        published.restrict_to_tables()

    def run(self, text: str) -> Iterator[QueryResult]:
        """Run the statements of a text, separated by semicolons, one after another.

        Raises WrongUse before the first of them if one is no query, and HublakeError for one that DuckDB rejects.
        """
        for query in self._queries(text):
            yield self._run(query)

    def run_one(self, text: str) -> QueryResult:
        """Run a text that is one statement. Raises what `run` raises, and WrongUse for several statements."""
        query, *others = self._queries(text)
        if others:
            raise WrongUse(f"this runs one query at a time, and the text has {len(others) + 1}")
        return self._run(query)

    def _queries(self, text: str) -> list[str]:
        try:
            statements = self._connection.extract_statements(text)
        except duckdb.Error as error:
            raise WrongUse(f"the query cannot be read: {error}") from error
        if not statements:
            raise WrongUse("the query is empty. Example: SELECT count(*) FROM silver.models")
        for statement in statements:
            is_query = statement.type == StatementType.SELECT
            if not is_query and not (statement.type == StatementType.EXPLAIN and self._explains_query(statement.query)):
                raise WrongUse(f"hublake sql only reads: it runs {READS}, not {_kind(statement.type)}")
        return [statement.query for statement in statements]

    def _explains_query(self, text: str) -> bool:
        """Whether what follows EXPLAIN or EXPLAIN ANALYZE is one query by itself."""
        begin = EXPLAIN.match(text)
        try:
            found = self._connection.extract_statements(text[begin.end() :]) if begin else []
        except duckdb.Error:
            return False
        return [statement.type for statement in found] == [StatementType.SELECT]

    def _run(self, query: str) -> QueryResult:
        bare = COMMENT.sub(" ", query).strip()
        if SHOW_TABLES.fullmatch(bare):
            return self._result(_TABLES, is_short=True)
        described = DESCRIBE.fullmatch(bare)
        name = re.sub(r"\s", "", described["table"]).lower() if described else ""
        if name in self.published.tables:
            return self._result(_COLUMNS, {"name": name}, is_short=True)
        if EXPLAIN.match(query):
            plan = self._result(query).rows
            return QueryResult(("plan",), ((line,) for _, text in plan for line in text.splitlines()), is_short=True)
        return self._result(query)

    def _result(self, query: str, parameters: dict[str, Any] | None = None, *, is_short: bool = False) -> QueryResult:
        with _report_failure():
            self.published.execute(query, parameters)
        return QueryResult(tuple(name for name, *_ in self._connection.description or ()), self._rows(), is_short)

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        with _report_failure():
            yield from self.published.fetched()


@contextmanager
def _report_failure() -> Iterator[None]:
    """Raise HublakeError for an error of DuckDB that the query caused. DuckDB's advice on memory names settings, which are locked."""
    try:
        yield
    except DEFECTS:
        raise
    except duckdb.OutOfMemoryException as error:
        raise HublakeError(
            f"the query needs more than {MEMORY.replace('GB', ' GB')} of memory: select fewer columns or rows, or group by fewer values"
        ) from error
    except duckdb.Error as error:
        raise HublakeError(f"the query failed: {error}") from error


def _kind(statement: StatementType) -> str:
    """What a user calls a statement. A PIVOT that must first find its columns is several statements for DuckDB."""
    if statement == StatementType.EXPLAIN:
        return "EXPLAIN of anything but one query: EXPLAIN SELECT ..."
    return "PIVOT without the values: PIVOT ... ON column IN (...)" if statement.name == "MULTI" else statement.name.replace("_", " ")


def question_names() -> list[str]:
    """The names of the example questions, in order."""
    return sorted(path.stem for path in QUESTIONS.glob("*.sql"))


def question_summaries() -> list[tuple[str, str]]:
    """(name, what it asks) of each example question: the first line of its file."""
    return [(name, (QUESTIONS / f"{name}.sql").read_text("utf-8").splitlines()[0].removeprefix("--").strip()) for name in question_names()]


def read_question(name: str) -> str:
    """The query of an example question, by its name or its number. Raises WrongUse where there is none."""
    names = question_names()
    found = [known for known in names if name in (known, known[3:]) or name.zfill(2) == known[:2]]
    if not found:
        raise WrongUse(f"no question is called '{name}'.{did_you_mean(name, names) or ' hublake sql --questions lists them'}")
    return (QUESTIONS / f"{found[0]}.sql").read_text("utf-8")
