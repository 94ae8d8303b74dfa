"""What was done to the tables and what was found in them. The runner writes here, no job."""

from hublake.lake.enums import BUILD_STATES, OUTCOMES, SEVERITIES
from hublake.lake.schema.columns import SNAPSHOT_DATE, count
from hublake.lake.schema.declaration import Column, Table

RUN_ID = Column("run_id", "string", "Run of a build; the commits of its tables carry it", required=True)
TABLE_NAME = Column("table_name", "string", "Layer and name of the table", required=True)

BUILDS = Table(
    "builds",
    layer="gold",
    comment="Which version of each table belongs together: the highest published version of each is what readers should open",
    grain="one row per table, snapshot and state of a run",
    key=("snapshot_date", "run_id", "table_name", "state"),
    columns=(
        SNAPSHOT_DATE,
        RUN_ID,
        TABLE_NAME,
        Column("state", "string", "How far the run came with the table", required=True, values=BUILD_STATES),
        count("version", "Delta version of the table with these rows in it; null until published", required=False),
        count("row_count", "Rows of the snapshot in the table"),
        count("set_aside", "Rows that went to silver.quarantine instead"),
        Column("fingerprint", "string", "Digest of code, parameters and inputs; the same digest needs no new build", required=True),
        Column("plan", "string", "What is left to do to publish, JSON; null once it is done"),
        Column("committed_at", "timestamp", "When this row was written (UTC)", required=True),
    ),
)

QUALITY_RESULTS = Table(
    "quality_results",
    layer="gold",
    comment="What every expectation found, run by run, of builds that were published and of builds that were not",
    grain="one row per run, table and expectation",
    key=("snapshot_date", "run_id", "table_name", "expectation"),
    columns=(
        SNAPSHOT_DATE,
        RUN_ID,
        TABLE_NAME,
        Column("expectation", "string", "What must be true", required=True),
        Column("severity", "string", "critical closes the gate, warning is told", required=True, values=SEVERITIES),
        Column("outcome", "string", "What came out", required=True, values=OUTCOMES),
        Column("observed", "double", "Rows that break it, or the figure that is bounded; null where nothing was measured"),
        Column("lowest", "double", "Lower bound of the figure; of drift learned from past snapshots"),
        Column("highest", "double", "Upper bound of the figure; of drift learned from past snapshots"),
        Column("examples", "array<string>", "Some rows or values that break it", required=True),
        Column("guards", "string", "What it guards against", required=True),
        Column("checked_at", "timestamp", "When it was looked at (UTC)", required=True),
    ),
)

QUARANTINE = Table(
    "quarantine",
    layer="silver",
    comment="Records that a silver job could not take, kept with the rule they broke; a rebuild after mending takes them back in",
    grain="one row per record set aside from a table",
    key=("snapshot_date", "table_name", "record_id"),
    partitioned_by=("snapshot_date", "table_name"),
    columns=(
        SNAPSHOT_DATE,
        Column("table_name", "string", "Table that the record was meant for", required=True),
        Column("record_id", "string", "Key of the record, as far as it has one, with a digest that tells twins apart", required=True),
        Column("rule", "string", "Rule it broke", required=True),
        Column("reason", "string", "What was seen, in words", required=True),
        Column("body", "string", "The record, JSON", required=True),
    ),
)
