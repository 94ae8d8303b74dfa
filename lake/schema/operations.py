"""Tables about builds and data quality. The engine writes them, not a job."""

from hublake.lake.enums import BUILD_STATES, CHECK_SCOPES, OUTCOMES, SEVERITIES
from hublake.lake.schema.columns import SNAPSHOT_DATE, count
from hublake.lake.schema.declaration import Column, Table

RUN_ID = Column("run_id", "string", "Id of a build's run; the commits of its tables carry it", required=True)
TABLE_NAME = Column("table_name", "string", "Layer and name of the table", required=True)

BUILDS = Table(
    "builds",
    layer="gold",
    comment="The build log: which versions of the tables belong together. Readers open each table at the version that was published last",
    grain="one row per table, snapshot and state of a run",
    key=("snapshot_date", "run_id", "table_name", "state"),
    columns=(
        SNAPSHOT_DATE,
        RUN_ID,
        TABLE_NAME,
        Column("state", "string", "State of the table in the run", required=True, values=BUILD_STATES),
        count("version", "Delta version of the table that contains these rows; null until published", required=False),
        count("row_count", "Rows of the snapshot in the table"),
        count("set_aside", "Rows that went to silver.quarantine instead"),
        Column("fingerprint", "string", "Digest of code, parameters and inputs; an unchanged digest needs no new build", required=True),
        Column("plan", "string", "What remains to be done to publish the table, JSON; null unless state is staged"),
        Column("committed_at", "timestamp", "When this row was written (UTC)", required=True),
    ),
)

QUALITY_RESULTS = Table(
    "quality_results",
    layer="gold",
    comment="The result of every expectation in every run, including builds that were not published",
    grain="one row per run, table and expectation",
    key=("snapshot_date", "run_id", "table_name", "expectation"),
    columns=(
        SNAPSHOT_DATE,
        RUN_ID,
        TABLE_NAME,
        Column("expectation", "string", "What must be true", required=True),
        Column("severity", "string", "critical closes the gate, warning is only reported", required=True, values=SEVERITIES),
        Column("outcome", "string", "Whether the expectation was met", required=True, values=OUTCOMES),
        Column("observed", "double", "Number of rows that break it, or the bounded figure; null if nothing was measured"),
        Column("lowest", "double", "Lower bound of the figure; for drift, learned from past snapshots"),
        Column("highest", "double", "Upper bound of the figure; for drift, learned from past snapshots"),
        Column("examples", "array<string>", "Some rows or values that break it", required=True),
        Column("guards", "string", "What it guards against", required=True),
        Column("scope", "string", "Whether all rows were checked, or those of the crawls that no build had checked", values=CHECK_SCOPES),
        Column("configuration", "string", "Digest of the expectation's type and arguments: it changes with a bound or a query"),
        Column("rows_identity", "string", "For bronze the id of the table and the version whose rows were checked; null for other tables"),
        Column("checked_at", "timestamp", "When it was checked (UTC)", required=True),
    ),
)

QUARANTINE = Table(
    "quarantine",
    layer="silver",
    comment="Records that a silver job rejected, with the rule that they break; a rebuild after a fix takes them back",
    grain="one row per record quarantined from a table",
    key=("snapshot_date", "table_name", "record_id"),
    partitioned_by=("snapshot_date", "table_name"),
    columns=(
        SNAPSHOT_DATE,
        Column("table_name", "string", "Table that the record was meant for", required=True),
        Column("record_id", "string", "Key of the record, as far as it has one, and a digest that distinguishes duplicates", required=True),
        Column("rule", "string", "Rule that it breaks", required=True),
        Column("reason", "string", "What was seen, in words", required=True),
        Column("body", "string", "The record, JSON", required=True),
    ),
)
