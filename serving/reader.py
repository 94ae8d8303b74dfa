"""SQL on the published tables without a JVM: delta-rs opens them at the published versions, and DuckDB queries them."""

import re
import shlex
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import duckdb
import pyarrow as pa
from deltalake import DeltaTable

from hublake.lake.delta.builds import BuildLog
from hublake.lake.delta.damage import damaged, explain, first_line, report_damage
from hublake.lake.delta.dataset import open_dataset, require_readable
from hublake.lake.delta.store_errors import report_unreachable_store
from hublake.lake.delta.tables import open_table
from hublake.lake.enums import GUESSED_EVIDENCE
from hublake.lake.errors import MissingTable
from hublake.lake.paths import Location, is_local, require_warehouse
from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.bronze import CRAWL_RUNS
from hublake.lake.schema.gold.impact import MODEL_IMPACT, MODEL_IMPACT_WITHOUT_GUESSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.settings import Settings
from hublake.rules.listings.snapshot_crawls import parse_as_of_date
from hublake.serving.scan import Arm, quote, relation_of_files

Result = TypeVar("Result")

FETCHED_ROWS = 1000
BATCH_ROWS = 20_000  # of Arrow
MEMORY = "1GB"  # of a query; what is larger goes to temporary files
# A hash join builds its table from the right side. DuckDB would swap the sides by their sizes, but expects one row of each view, because
# it has not opened the files (serving/scan.py): it would build the table from millions of models rather than from three. Our queries
# have the few rows on the right. Those of users may not: there DuckDB, which takes a view with a filter for the smaller side, decides.
SIDES_AS_WRITTEN = "disabled_optimizers = 'build_side_probe_side'"
SIDES_BY_SIZE = "disabled_optimizers = ''"
IS_GUESSED = "is_guessed"  # a column of tables whose rows are edges
# A query that may list views or read their comments. DESCRIBE does where it names no view; DESC is also a part of ORDER BY.
LISTS_VIEWS = re.compile(
    r"duckdb_|information_schema|\bpg_|sqlite_|\bshow(?:_tables)?\b"
    r"|(?:\bdescribe\b|(?:\A|[;(])\s*desc\b)\s*(?:\Z|[;)]|all\s+tables\b|tables\b)",
    re.IGNORECASE,
)
COMMENT = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)


class _OpenedTable(NamedTuple):
    relation: str  # the query of all rows
    arms: Sequence[Arm] | None  # its files; None where Arrow reads them
    version: int  # of the Delta log
    missing_columns: frozenset[str]  # if an earlier release built it


class PublishedTables:
    """The published tables of a warehouse: each is a DuckDB view `<layer>.<table>` with its comments.

    A Delta log is opened and a view created when a query first names the table, and comments are set when a query may read them: for all
    tables of a warehouse that takes most of a second of CPU.

    With `as_of`, a day or a crawl_id, the views show the state at that crawl. With `without_guesses`, silver.lineage_edges has only edges
    that somebody declared or stated, gold.model_impact is computed from these, and other tables that count guessed edges have no view.
    Raises MissingTable where the warehouse has no table, or no snapshot up to `as_of`, WrongUse where `as_of` is not a crawl, HublakeError
    where its snapshot was dropped.
    """

    def __init__(
        self, address: str, storage_options: Mapping[str, str], as_of: str | None = None, *, without_guesses: bool = False
    ) -> None:
        self.without_guesses = without_guesses
        self.address = address
        require_warehouse(address)
        self.location = Location(address, storage_options)
        history = BuildLog(self.location).history()
        self.versions = history.versions
        self.day: date | None = None
        self.connection = duckdb.connect()
        self._worker = ThreadPoolExecutor(1)
        self._spilled = tempfile.TemporaryDirectory(prefix="hublake-")
        for setting in ("TimeZone = 'UTC'", "enable_progress_bar = false", f"memory_limit = {quote(MEMORY)}", SIDES_AS_WRITTEN):
            self.connection.execute(f"SET {setting}")
        self.connection.execute(f"SET temp_directory = {quote(self._spilled.name)}")
        self._opened: dict[str, _OpenedTable] = {}  # by full name
        self._pending: dict[str, Table] = {}  # whose views have not been created
        self._uncommented: dict[str, Table] = {}  # whose views have no comments
        self._known = {table.full_name: table for table in TABLES.values() if self._exists(table)}
        self.tables = dict(self._known)
        if not self.tables:
            raise MissingTable(
                f"the warehouse {address} contains no table. Fill it: hublake crawl models --warehouse {shlex.quote(address)}"
            )
        if without_guesses:
            self._leave_out_guesses()
        if as_of is not None:
            self.day = self._day_of(as_of)
            history.require_kept(self.day)
            self._require_snapshot(self.day)
        self._pending, self._uncommented = dict(self.tables), dict(self.tables)
        for layer in {table.layer for table in self.tables.values()}:
            self.connection.execute(f"CREATE SCHEMA {layer}")

    def _day_of(self, as_of: str) -> date:
        if CRAWL_RUNS.full_name in self.tables:
            runs = self._open(CRAWL_RUNS).relation
            day = self.value(f"SELECT max(snapshot_date) FROM ({runs}) WHERE crawl_id = $crawl", crawl=as_of)
            if day is not None:
                return date.fromisoformat(str(day))
        return parse_as_of_date(as_of)

    def _require_snapshot(self, day: date) -> None:
        """Raise MissingTable where all snapshots of silver.models are of later days. Reads only the Delta log."""
        if MODELS.full_name in self.tables:
            found = open_table(self.location, MODELS, version=self.versions.get(MODELS.full_name))
            first = min((partition["snapshot_date"] for partition in found.partitions()), default=None) if found else None
            if first is not None and first > str(day):
                raise MissingTable(
                    f"{self.address} has no snapshot up to {day}: the first one is of {first}. Choose that day or a later one"
                )

    def _leave_out_guesses(self) -> None:
        """Remove the tables that count guesses and have no form without them."""
        has_impact = MODEL_IMPACT_WITHOUT_GUESSES.full_name in self.tables
        for name, table in list(self.tables.items()):
            has_form = IS_GUESSED in table.column_names or (table == MODEL_IMPACT and has_impact)
            if table.counts_guesses and not has_form:
                del self.tables[name]

    def _exists(self, table: Table) -> bool:
        """Whether the warehouse has a table. The Delta logs of published tables are not read until a query needs them."""
        return table.full_name in self.versions or self._find(table) is not None

    @cached_property
    def opened_versions(self) -> dict[str, int]:
        """Full name -> the Delta version whose rows the view shows, of all tables. Cost: opens all Delta logs."""
        return {name: self._open(table).version for name, table in self._known.items()}

    @cached_property
    def arms(self) -> dict[str, Sequence[Arm]]:
        """Full name -> the files of each table whose files DuckDB reads itself. Cost: opens all Delta logs."""
        opened = {name: self._open(table).arms for name, table in self._known.items()}
        return {name: arms for name, arms in opened.items() if arms is not None}

    def _open(self, table: Table) -> "_OpenedTable":
        """A table of the warehouse, opened once. Raises DamagedTable where it was published and is missing."""
        found = self._find(table)
        if found is None:
            version = self.versions.get(table.full_name)
            raise damaged(table, self.address, f"version {version} was published, and {self.location.path_of(table)} is missing")
        return found

    def _find(self, table: Table) -> "_OpenedTable | None":
        name = table.full_name
        if name not in self._opened:
            found = open_table(self.location, table, version=self.versions.get(name))
            if found is None:
                return None
            missing = frozenset(table.column_names) - {field.name for field in found.schema().fields}
            self._opened[name] = _OpenedTable(*self._relation(found, table), found.version(), missing)
        return self._opened[name]

    def _relation(self, found: DeltaTable, table: Table) -> tuple[str, Sequence[Arm] | None]:
        """The query of all rows, and the files. Through Arrow also where a file is missing, so that only a query that needs it fails."""
        with report_damage(self.address, table):
            require_readable(found)
            of_files = relation_of_files(found, self.location, table) if is_local(self.address) else None
            if of_files is not None and all(Path(file).is_file() for file in of_files.files):
                return of_files
            registered = f"{table.layer}_{table.name}"
            self.connection.register(registered, open_dataset(found, self.location, table))
            return f'SELECT * FROM "{registered}"', None

    def _create_views(self, names: Sequence[str]) -> None:
        for name in names:
            statement = f"CREATE VIEW {name} AS {self._view(self.tables[name])}"
            with self._report_problems(statement):
                self.connection.execute(statement)
            del self._pending[name]

    def _comment_views(self) -> None:
        for name, table in self._uncommented.items():
            self.connection.execute(f"COMMENT ON VIEW {name} IS {quote(table.comment)}")
            missing = self._open(self.source(table)).missing_columns
            for column in (column for column in table if column.name not in missing):
                self.connection.execute(f'COMMENT ON COLUMN {name}."{column.name}" IS {quote(column.comment)}')
        self._uncommented = {}

    def _view(self, table: Table) -> str:
        """The query of the rows that the view of a table shows."""
        view = self._open(self.source(table)).relation
        if self.without_guesses and IS_GUESSED in table.column_names:
            view = f"SELECT * FROM ({view}) WHERE NOT {IS_GUESSED}"
        if self.without_guesses and table == LINEAGE_EDGES:
            view = f"SELECT * FROM ({view}) WHERE evidence NOT IN ({', '.join(map(quote, GUESSED_EVIDENCE))})"
        if self.day is not None and table.is_history:
            ends_later = f"coalesce(valid_to > DATE '{self.day}', TRUE)"
            return (
                f"SELECT * REPLACE ({ends_later} AND NOT is_removed AS is_current,"
                f" CASE WHEN NOT {ends_later} THEN valid_to END AS valid_to)"
                f" FROM ({view}) WHERE valid_from <= DATE '{self.day}'"
            )
        return view if self.day is None else f"SELECT * FROM ({view}) WHERE snapshot_date <= DATE '{self.day}'"

    def source(self, table: Table) -> Table:
        """The table whose rows the view of `table` shows."""
        return MODEL_IMPACT_WITHOUT_GUESSES if self.without_guesses and table == MODEL_IMPACT else table

    def require(self, table: Table) -> None:
        """Check that the table is published. Raises MissingTable otherwise."""
        if self.without_guesses and table.counts_guesses and table.full_name not in self.tables:
            raise MissingTable(f"{table.full_name} counts guessed edges and is not in the warehouse without them. Omit --without-guesses.")
        if table.full_name not in self.tables:
            command = "hublake crawl" if table.layer == "bronze" else "hublake build"
            raise MissingTable(
                f"{table.full_name} is not in the warehouse {self.address}. Create it: {command} --warehouse {shlex.quote(self.address)}"
            )

    def rows(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """All rows of a query. `$name` in the query is a parameter."""
        with report_damage(self.address):
            return self._interruptible(self.execute(query, parameters or None).fetchall)

    def execute(self, query: str, parameters: Mapping[str, Any] | None = None) -> duckdb.DuckDBPyConnection:
        """Run a query. Raises MissingTable where it names a table that is not published, or a column that an earlier build lacks."""
        with self._report_problems(query):
            return self._with_views(query, lambda: self.connection.execute(query, parameters))

    def streamed(self, query: str, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, read in batches. Raises what `execute` raises."""
        self.execute(query, parameters or None)
        return self.fetched()

    def fetched(self) -> Iterator[tuple[Any, ...]]:
        """The rows of the query that `execute` ran, read from DuckDB in batches."""
        while rows := self._interruptible(lambda: self.connection.fetchmany(FETCHED_ROWS)):
            yield from rows

    def batches(self, query: str, **parameters: Any) -> Iterator[pa.RecordBatch]:
        """The rows of a query as Arrow batches, streamed. Raises what `execute` raises."""
        with self._report_problems(query):
            found = self._with_views(query, lambda: self.connection.sql(query, params=parameters or None).to_arrow_reader(BATCH_ROWS))
            while (batch := self._interruptible(lambda: next(found, None))) is not None:
                yield batch

    def _with_views(self, query: str, call: Callable[[], Result]) -> Result:
        """The result of a call to DuckDB that binds the query."""

        def bind() -> Result:
            text, is_list = query.lower(), LISTS_VIEWS.search(COMMENT.sub(" ", query)) is not None
            self._create_views([name for name in self._pending if is_list or name in text])
            if is_list:
                self._comment_views()
            try:
                return call()
            except duckdb.CatalogException:  # perhaps a name in another form, such as "gold"."model_impact"
                if not self._pending:
                    raise
                self._create_views(list(self._pending))
                return call()

        return self._interruptible(bind)

    def _interruptible(self, call: Callable[[], Result]) -> Result:
        """The result of a call to DuckDB. Ctrl-C ends it: in the main thread, Python could notice the signal hours later."""
        running = self._worker.submit(call)
        try:
            return running.result()
        except KeyboardInterrupt:
            self.connection.interrupt()
            wait([running])
            raise

    def arrow(self, query: str, **parameters: Any) -> pa.Table:
        """The rows of a query as an Arrow table. Raises what `execute` raises."""
        with self._report_problems(query):
            return self._with_views(query, lambda: self.connection.sql(query, params=parameters or None).to_arrow_table())

    @contextmanager
    def _report_problems(self, query: str) -> Iterator[None]:
        try:
            with report_damage(self.address):
                yield
        except duckdb.BinderException as error:
            self._raise_if_column_is_newer(query, error)
            raise
        except duckdb.CatalogException:
            for table in (table for name, table in TABLES.items() if re.search(rf"\b{re.escape(name)}\b", query)):
                self.require(table)
            raise
        except duckdb.Error as error:
            # An error of the Parquet reader may have no class of its own, and no path.
            if type(error) in (duckdb.Error, duckdb.InvalidInputException, duckdb.IOException, duckdb.InternalException):
                self._raise_if_damaged(query, error)
            raise

    def _raise_if_column_is_newer(self, query: str, error: duckdb.Error) -> None:
        for name, table in self.tables.items():
            source = self.source(table)
            opened = self._opened.get(source.full_name) if re.search(rf"\b{re.escape(name)}\b", query) else None
            missing = sorted(column for column in opened.missing_columns if re.search(rf"\b{column}\b", query)) if opened else []
            if missing:
                raise MissingTable(
                    f"{source.full_name} was built by an earlier release, without the column {', '.join(missing)}."
                    f" Build it again: hublake build --warehouse {shlex.quote(self.address)}"
                ) from error

    @contextmanager
    def sides_by_size(self) -> Iterator[None]:
        """Let DuckDB choose the sides of joins within the block, which runs the SQL of a user."""
        self.connection.execute(f"SET {SIDES_BY_SIZE}")
        try:
            yield
        finally:
            self.connection.execute(f"SET {SIDES_AS_WRITTEN}")

    def restrict_to_tables(self) -> None:
        """For the SQL of users: let all later queries read the files of published tables only, and no setting be changed.

        It cannot be undone.
        """
        files = ", ".join(quote(file) for arms in self.arms.values() for arm in arms for file in arm.files)
        for setting in (
            SIDES_BY_SIZE,
            f"allowed_paths = [{files}]",
            "python_enable_replacements = false",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            self.connection.execute(f"SET {setting}")

    def _raise_if_damaged(self, query: str, error: duckdb.Error) -> None:
        """Raise DamagedTable if a table that the failed query names cannot be read completely. Cost: a scan of these tables."""
        for table in (table for name, table in self.tables.items() if name in query):
            try:
                self.connection.execute(f"SELECT max(hash(row)) FROM ({self._open(table).relation}) AS row")
            except duckdb.Error as seen:
                raise explain(seen, self.address, table) or damaged(table, self.address, first_line(str(seen))) from error

    def records(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query as dicts."""
        found = self.rows(query, **parameters)
        names = [column[0] for column in self.connection.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found]

    def value(self, query: str, **parameters: Any) -> Any:
        """The first value of the first row of a query; None where it has no row."""
        found = self.rows(query, **parameters)
        return found[0][0] if found else None


def open_published(settings: Settings, as_of: str | None = None, *, without_guesses: bool = False) -> PublishedTables:
    """The published tables of the configured warehouse, optionally without the edges that nobody declared.

    Raises what `PublishedTables` raises, and StoreUnreachable where the object store does not respond.
    """
    with report_unreachable_store(settings.warehouse):
        return PublishedTables(settings.warehouse, settings.storage, as_of, without_guesses=without_guesses)
