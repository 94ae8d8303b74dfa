"""SQL of a user on the published tables: it can read them, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from duckdb import StatementType

import hublake
from hublake.lake.errors import HublakeError, WrongUse
from hublake.lake.suggestions import did_you_mean
from hublake.serving.reader import PublishedTables

FETCHED_ROWS = 1000
QUESTIONS = Path(hublake.__file__).parent / "questions"
# Mistakes in a query, and queries that are too large. Their messages name the place.
QUERY_ERRORS = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.InvalidTypeException,
    duckdb.TypeMismatchException,
    duckdb.OutOfRangeException,
    duckdb.SyntaxException,
    duckdb.NotImplementedException,
    duckdb.PermissionException,
    duckdb.OutOfMemoryException,
)


@dataclass(frozen=True)
class QueryResult:
    """The result of one query: its columns, and its rows, which are read once."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


class ReadOnlySql:
    """Runs SELECT statements of DuckDB's dialect on the views bronze.*, silver.* and gold.* of published tables.

    Queries reach no other file, no network, no setting, no variable of this process. The connection of
    `published` stays locked in this way.
    """

    def __init__(self, published: PublishedTables) -> None:
        self.published = published
        published.restrict_to_tables()

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        return self.published.connection

    def run(self, text: str) -> Iterator[QueryResult]:
        """Run the statements of a text, separated by semicolons, one after another.

        Raises WrongUse before the first of them if one is no query, and HublakeError for one that DuckDB rejects.
        """
        try:
            statements = self._connection.extract_statements(text)
        except duckdb.Error as error:
            raise WrongUse(f"the query cannot be read: {error}") from error
        if not statements:
            raise WrongUse("the query is empty. Example: SELECT count(*) FROM silver.models")
        for statement in statements:
            if statement.type != StatementType.SELECT:
                kind = statement.type.name.replace("_", " ")
                raise WrongUse(f"hublake sql only reads: it runs SELECT, WITH, FROM, VALUES, DESCRIBE and SHOW, not {kind}")
        for statement in statements:
            yield self._run(statement.query)

    def _run(self, query: str) -> QueryResult:
        try:
            self.published.execute(query)
        except QUERY_ERRORS as error:
            raise HublakeError(f"the query failed: {error}") from error
        return QueryResult(tuple(name for name, *_ in self._connection.description or ()), self._rows())

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        try:
            while rows := self._connection.fetchmany(FETCHED_ROWS):
                yield from rows
        except QUERY_ERRORS as error:
            raise HublakeError(f"the query failed: {error}") from error


def question_names() -> list[str]:
    """The names of the example questions, in order."""
    return sorted(path.stem for path in QUESTIONS.glob("*.sql"))


def question_summaries() -> list[tuple[str, str]]:
    """(name, what it asks) of each example question: the first line of its file."""
    return [(name, (QUESTIONS / f"{name}.sql").read_text("utf-8").splitlines()[0].removeprefix("--").strip()) for name in question_names()]


def read_question(name: str) -> str:
    """The query of an example question, by its name or its number. Raises WrongUse where there is none."""
    names = question_names()
    found = [known for known in names if name in (known, known[:2], known[3:])]
    if not found:
        raise WrongUse(f"no question is called '{name}'.{did_you_mean(name, names) or ' hublake sql --questions lists them'}")
    return (QUESTIONS / f"{found[0]}.sql").read_text("utf-8")
