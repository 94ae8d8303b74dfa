"""What was done to the tables and what was found in them. The runner writes here, no job."""

from lake.tables.declaration import Column, Table
from lake.tables.shared import SNAPSHOT_DATE, count
from lake.vocabulary import BUILD_STATES, OUTCOMES, SEVERITIES

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
