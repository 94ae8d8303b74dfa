"""All models that a set of datasets reaches: a claim of reach by declarations, not a proof of what is in the weights."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hublake.lake.enums import DATASET_ROLES, GUESSED_EVIDENCE
from hublake.lake.errors import HublakeError
from hublake.lake.schema import Column
from hublake.lake.schema.columns import MODEL_ID
from hublake.lake.schema.silver.datasets import DATASET_EDGES, MODEL_DATASETS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.export.files import Written
from hublake.serving.export.formats.csv import FORMAT as CSV
from hublake.serving.export.write import write_query
from hublake.serving.reader import PublishedTables

DEFAULT_ROLES = tuple(role for role in DATASET_ROLES if role != "eval")
MAX_NAMES = 100_000
MAX_FILE_BYTES = 50_000_000

_CONTAINING = """
    CREATE OR REPLACE TEMP TABLE containing AS
    WITH RECURSIVE derived(dataset_id, origin) AS (
        SELECT name, name FROM wanted
        UNION
        SELECT child_dataset, origin FROM derived JOIN silver.dataset_edges ON parent_dataset = dataset_id WHERE snapshot_date = $day
    )
    SELECT dataset_id, min(origin) AS origin FROM derived GROUP BY dataset_id
"""
_START = """
    CREATE OR REPLACE TEMP TABLE tainted AS
    SELECT model_id, min(used.dataset_id) AS dataset_id, arg_min(origin, used.dataset_id) AS origin, arg_min(role, used.dataset_id) AS role,
           0::BIGINT AS steps, '' AS relations, model_id AS path, FALSE AS is_guessed
    FROM (
        SELECT model_id, coalesce(resolved_id, dataset_id) AS dataset_id, role FROM silver.model_datasets
        WHERE snapshot_date = $day AND NOT is_placeholder AND list_contains($roles, role)
        UNION
        SELECT model_id, dataset_id, role FROM silver.model_datasets
        WHERE snapshot_date = $day AND NOT is_placeholder AND list_contains($roles, role)
    ) AS used JOIN containing ON containing.dataset_id = used.dataset_id
    GROUP BY model_id
"""
_EDGES = """
    CREATE OR REPLACE TEMP TABLE inherits AS
    SELECT child_id, parent_id, list_contains($guessed, evidence) AS is_guessed, relation FROM silver.lineage_edges
    WHERE snapshot_date = $day AND parent_status <> 'missing' AND NOT is_self_loop
"""
# Of several shortest paths: declared edges first, then the first relation and parent by name.
_NEXT = """
    INSERT INTO tainted
    SELECT child_id, best.dataset_id, best.origin, best.role, $steps + 1,
           best.relations || CASE WHEN best.relations = '' THEN '' ELSE ' > ' END || best.relation, best.path || ' > ' || child_id,
           best.is_guessed
    FROM (
        SELECT child_id, arg_min(
            {'dataset_id': dataset_id, 'origin': origin, 'role': role, 'relations': relations, 'relation': relation, 'path': path,
             'is_guessed': tainted.is_guessed OR inherits.is_guessed},
            (tainted.is_guessed OR inherits.is_guessed, relation, parent_id)) AS best
        FROM inherits JOIN tainted ON parent_id = model_id
        WHERE steps = $steps AND child_id NOT IN (SELECT model_id FROM tainted)
        GROUP BY child_id
    )
"""
COLUMNS = (
    MODEL_ID,
    Column("dataset_id", "string", "Dataset that the first model of the path declares"),
    Column("origin", "string", "Dataset of the set that it is or derives from"),
    Column("role", "string", "What the first model used it for"),
    Column("steps", "long", "Edges from the first model"),
    Column("relations", "string", "Relations of these edges"),
    Column("path", "string", "Models from the first one"),
    Column("is_guessed", "boolean", "Whether nobody declared one of the edges"),
    MODELS.by_name["downloads_30d"],
)


class Tainted(NamedTuple):
    """`direct` models declare a dataset of the set, `reached` are all; `unused` names are declared by no model and are no source of any."""

    direct: int
    reached: int
    downloads: int
    unused: list[str]


def read_dataset_names(named: Sequence[str]) -> list[str]:
    """Names of datasets from identifiers and files: one a line, a comment after #, of CSV the first column.

    Raises HublakeError where a file cannot be read or there are too many names.
    """
    names: dict[str, None] = {}
    for text in named:
        lines = _lines_of(Path(text)) if _is_file(text) else [text]
        names.update(dict.fromkeys(name for line in lines if (name := line.partition("#")[0].split(",")[0].strip().strip('"'))))
    if not names or len(names) > MAX_NAMES:
        raise HublakeError(f"--datasets names {len(names)} datasets. Name between 1 and {MAX_NAMES:,}, as OWNER/NAME or in a file.")
    return list(names)


def find_tainted(published: PublishedTables, names: Sequence[str], roles: Sequence[str] = DEFAULT_ROLES) -> Tainted:
    """Fill the temporary table `tainted`: one row for each model reached, with a shortest path over lineage.

    A model is reached if it declares one of the datasets, or a dataset that derives from one, with one of these roles, or if it descends
    from such a model. Raises HublakeError if no name is known. Cost: one scan of the tables, one join per generation.
    """
    for table in (MODELS, LINEAGE_EDGES, MODEL_DATASETS, DATASET_EDGES):
        published.require(table)
    execute = published.execute
    day = published.value("SELECT max(snapshot_date) FROM silver.lineage_edges")
    execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT DISTINCT unnest($names::VARCHAR[]) AS name", {"names": list(names)})
    execute(_CONTAINING, {"day": day})
    execute(_START, {"day": day, "roles": list(roles)})
    execute(_EDGES, {"day": day, "guessed": list(GUESSED_EVIDENCE)})
    steps = 0
    while published.value("SELECT count(*) FROM tainted WHERE steps = $steps", steps=steps):
        execute(_NEXT, {"steps": steps})
        steps += 1
    unused = [
        name
        for (name,) in published.rows(
            "SELECT name FROM wanted WHERE name NOT IN (SELECT origin FROM tainted)"
            " AND name NOT IN (SELECT parent_dataset FROM silver.dataset_edges WHERE snapshot_date = $day) ORDER BY name",
            day=day,
        )
    ]
    direct, reached = published.rows("SELECT count(*) FILTER (steps = 0), count(*) FROM tainted")[0]
    if not reached and len(unused) == len(set(names)):
        raise HublakeError(
            f"no model of {day} declares {', '.join(unused[:3])}{' or others of the list' if len(unused) > 3 else ''} with the roles"
            f" {', '.join(roles)}. Names are case-sensitive; silver.model_datasets lists them"
        )
    downloads = published.value(
        "SELECT coalesce(sum(downloads_30d), 0)::BIGINT FROM silver.models WHERE snapshot_date = $day"
        " AND model_id IN (SELECT model_id FROM tainted)",
        day=day,
    )
    return Tainted(direct, reached, downloads, unused)


def write_tainted(published: PublishedTables, folder: Path) -> Written:
    """Write the table `tainted` to folder/tainted.csv, protected like other exports from being run by spreadsheets."""
    day = published.value("SELECT max(snapshot_date) FROM silver.lineage_edges")
    rows = (
        "SELECT tainted.*, downloads_30d"
        " FROM (SELECT model_id, downloads_30d FROM silver.models WHERE snapshot_date = $day) RIGHT JOIN tainted USING (model_id)"
    )
    query = f"SELECT {', '.join(map(CSV.select, COLUMNS))} FROM ({rows}) ORDER BY steps, model_id"
    return write_query(published, query, "tainted", CSV, folder, day=day)


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # too long for a name
        return False


def _lines_of(path: Path) -> list[str]:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise HublakeError(f"{path} has {path.stat().st_size:,} bytes: too many for a list of datasets. Write one dataset a line.")
    try:
        return path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise HublakeError(f"{path} cannot be read as a list of datasets: {error}. Write one dataset a line, in UTF-8.") from error
