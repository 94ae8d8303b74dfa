"""The tables themselves: what they mean, how large they are, how their checks ended, and what was rejected."""

from typing import Any

from hublake.explorer.data.pages.shown import Json, Shown, column, made_of, page_of, read_tables
from hublake.lake.schema import TABLES as DECLARED
from hublake.lake.schema.operations import BUILDS, QUALITY_RESULTS, QUARANTINE
from hublake.serving.reader import PublishedTables

_NEWEST = """
    newest AS (SELECT table_name, arg_max(run_id, checked_at) AS run_id FROM gold.quality_results GROUP BY table_name),
    results AS (SELECT * FROM gold.quality_results SEMI JOIN newest USING (table_name, run_id))
"""
ROW_COUNTS = """
    SELECT table_name, arg_max(row_count, committed_at) AS row_count, max(committed_at) AS published_at,
           arg_max(set_aside, committed_at) AS set_aside
    FROM gold.builds WHERE state = 'published' GROUP BY table_name
"""
SNIPPET_NOTE = (
    "warehouse is the folder or the address of the object store. Delta's newest version may be newer than the published one; hublake"
    " reads the published one."
)
QUERY_NOTE = (
    "One query in DuckDB's SQL on the published versions. It can only read; it ends after 20 seconds and 1,000 rows. Ctrl+Enter runs it."
)
TITLE = "Data"
LEAD = "Every figure of these pages is from a published table: what the tables mean, how their checks ended, and how to read them."
DOES_NOT_SAY = (
    "A check that is met shows that its rule holds. It does not show that the table is right.",
    "Row counts are those of the newest snapshot that was published.",
)
TABLES = (
    Shown(
        "gates",
        (QUALITY_RESULTS,),
        "Outcomes of the checks, by table",
        f"""
        WITH {_NEWEST}
        SELECT table_name, count(*) AS checks, count(*) FILTER (outcome = 'met') AS met,
               count(*) FILTER (outcome = 'broken' AND severity = 'critical') AS broken_critical,
               count(*) FILTER (outcome = 'broken' AND severity = 'warning') AS broken_warning,
               count(*) FILTER (outcome = 'not_checked') AS not_checked, max(checked_at) AS checked_at
        FROM results GROUP BY table_name ORDER BY broken_critical DESC, broken_warning DESC, table_name
        """,
        "Of the newest run that checked the table, published or not. A broken critical check closes the gate: nothing is published.",
        {
            "checks": "Checks of the table",
            "met": "Of these, met",
            "broken_critical": "Of these, broken, which closes the gate",
            "broken_warning": "Of these, broken and only reported",
            "not_checked": "Of these, not checked",
        },
        chart={
            "kind": "bars",
            "says": "Checks of each table by outcome.",
            "label": "table_name",
            "names": True,
            "parts": {
                "met": "met",
                "broken_critical": "broken, critical",
                "broken_warning": "broken, warning",
                "not_checked": "not checked",
            },
            "colours": {"met": "--c1", "broken, critical": "--c6", "broken, warning": "--c2", "not checked": "--unknown"},
            "unit": "checks",
            "top": 20,
        },
    ),
    Shown(
        "broken",
        (QUALITY_RESULTS,),
        "Checks that are broken",
        f"""
        WITH {_NEWEST}
        SELECT table_name, severity, expectation, observed, lowest, highest, guards, checked_at FROM results
        WHERE outcome = 'broken' ORDER BY severity, table_name, expectation LIMIT 100
        """,
        "Of the newest run of each table; at most 100.",
        none="No check is broken.",
    ),
    Shown(
        "quarantine",
        (QUARANTINE,),
        "Rejected records by rule",
        """
        SELECT table_name, rule, count(*) AS records, min(reason) AS example FROM silver.quarantine
        WHERE snapshot_date = $day GROUP BY table_name, rule ORDER BY records DESC, table_name, rule LIMIT 100
        """,
        "Records of the newest snapshot that a silver job could not use. A rebuild after a fix takes them back.",
        {"records": "Rejected records", "example": "What was seen in one of them"},
        chart={
            "kind": "bars",
            "says": "Rejected records by table and rule.",
            "value": "records",
            "label": "rule",
            "unit": "records",
            "top": 20,
            "also": ["table_name"],
        },
        none="No record was rejected.",
    ),
    Shown(
        "builds",
        (BUILDS,),
        "The last builds",
        """
        SELECT run_id, snapshot_date, max(committed_at) AS committed_at, count(*) FILTER (state = 'published') AS published,
               count(*) FILTER (state = 'withdrawn') AS withdrawn, count(*) FILTER (state = 'dropped') AS dropped,
               coalesce(sum(row_count) FILTER (state = 'published'), 0)::BIGINT AS published_rows
        FROM gold.builds GROUP BY run_id, snapshot_date ORDER BY 3 DESC LIMIT 30
        """,
        "The 30 newest runs. A table whose inputs and code did not change is not built again.",
        {
            "published": "Tables published",
            "withdrawn": "Tables withdrawn, as a gate closed",
            "dropped": "Snapshots of tables dropped",
            "published_rows": "Rows of the tables published",
        },
    ),
)

# How a table is read; {table} is its name, {path} its path in the warehouse.
SNIPPETS = {
    "Python": """import hublake

lake = hublake.open("warehouse")
rows = lake.table("{table}").to_polars()  # or .to_pandas(), .to_arrow()""",
    "Shell": 'hublake sql "SELECT * FROM {table} LIMIT 10" --warehouse warehouse',
    "DuckDB": "INSTALL delta;\nLOAD delta;\nSELECT * FROM delta_scan('warehouse/{path}') LIMIT 10;",
    "Polars": """import polars as pl

rows = pl.scan_delta("warehouse/{path}").head(10).collect()""",
    "Spark": 'rows = spark.read.format("delta").load("warehouse/{path}")\nrows.show(10)',
}
EXAMPLE = "SELECT relation, count(*) AS edges\nFROM silver.lineage_edges\nGROUP BY relation\nORDER BY edges DESC"


def read(published: PublishedTables) -> Json:
    """The tables of the page."""
    tables = {"tables": _tables(published), "columns": _columns(published), **read_tables(published, TABLES)}
    return page_of(globals(), tables) | {"snippets": SNIPPETS, "example": EXAMPLE, "note": QUERY_NOTE}


def _tables(published: PublishedTables) -> Json:
    """All declared tables, whether they are published or not."""
    has_builds = BUILDS.full_name in published.tables
    counts = {name: rest for name, *rest in published.rows(ROW_COUNTS)} if has_builds else {}
    columns = [
        column("table", "text", "Layer and name"),
        column("meaning", "text", "What the table contains"),
        column("one_row_per", "text", "What a row is"),
        column("rows", "number", "Rows of the newest snapshot; of a history, all rows that the last build wrote"),
        column("version", "number", "Published version in the Delta log"),
        column("published_at", "date", "When this version was published"),
        column("set_aside", "number", "Records that went to silver.quarantine instead"),
        column("counts_guesses", "boolean", "Whether its figures count edges that nobody declared"),
        column("state", "text", "Whether the table is in this warehouse"),
    ]
    rows: list[list[Any]] = []
    for name, table in DECLARED.items():
        row_count, published_at, set_aside = counts.get(name, (None, None, None))
        state = "published" if name in published.tables else "not built"
        version = published.opened_versions.get(name)
        rows.append([name, table.comment, table.grain, row_count, version, published_at, set_aside, table.counts_guesses, state])
    return made_of("Tables", columns, rows, "the declarations, gold.builds", "One declaration per table; hublake tables NAME prints it.")


def _columns(published: PublishedTables) -> Json:
    columns = [
        column("table", "text", "Layer and name"),
        column("column", "text", "Name of the column"),
        column("type", "text", "Type in Delta"),
        column("is_key", "boolean", "Whether it is part of the key"),
        column("meaning", "text", "What it means"),
    ]
    rows = [
        [name, each.name, each.type, each.name in table.key, each.comment] for name, table in DECLARED.items() for each in table.columns
    ]
    return made_of("Columns", columns, rows, "the declarations", SNIPPET_NOTE)
