"""The lineage traversal: all descendants or ancestors of a model, or of the models that name a dataset."""

import shlex
from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

from hublake.lake.errors import UnknownModel, WrongUse
from hublake.lake.schema import Table
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.lake.suggestions import SHOWN, suggestion
from hublake.serving.reader import PublishedTables

Direction = Literal["descendants", "ancestors"]

# Of several edges that reach a model at the same step, the one with the highest confidence.
NEXT_STEP = """
    INSERT INTO kin SELECT to_id, $steps + 1, from_id, edges.relation, edges.evidence FROM edges JOIN kin ON from_id = kin.model_id
    WHERE steps = $steps AND to_id NOT IN (SELECT model_id FROM kin)
    QUALIFY row_number() OVER (PARTITION BY to_id ORDER BY confidence DESC NULLS LAST, from_id, edges.relation) = 1
"""
OF_ALL = "SELECT model_id, lower(model_id) AS name, downloads_30d FROM silver.models WHERE snapshot_date = $day"
OF_CANDIDATES = """
    SELECT model_id, lower(model_id) AS name, -place AS downloads_30d
    FROM (SELECT unnest($candidates) AS model_id, unnest(range(len($candidates))) AS place)
"""
# The same name in other letters, the same model of another owner, or a similar name (Jaro-Winkler similarity; of the part after the owner
# where the given name has none).
SIMILAR = """
    WITH named AS ({named}), rated AS (
        SELECT *, name = $name AS is_same, split_part(name, '/', -1) = split_part($name, '/', -1) AS is_namesake,
               jaro_winkler_similarity(CASE WHEN contains($name, '/') THEN name ELSE split_part(name, '/', -1) END, $name) AS similarity
        FROM named
    )
    SELECT model_id FROM rated WHERE is_same OR is_namesake OR similarity >= 0.9
    ORDER BY is_same DESC, is_namesake DESC, similarity DESC, downloads_30d DESC NULLS LAST, model_id LIMIT $shown
"""
# The state with that name which was seen last: the model's name on the day, if it is listed, and until when it had the other.
FORMER = """
    SELECT listed.model_id, max(coalesce(valid_to, valid_from)) AS until
    FROM (SELECT * FROM {history} WHERE model_id = $name AND NOT is_removed) AS history
    LEFT JOIN (SELECT hub_id, model_id FROM silver.models WHERE snapshot_date = $day) AS listed USING (hub_id)
    GROUP BY ALL ORDER BY until DESC, listed.model_id LIMIT 1
"""
HISTORY = MODEL_HISTORY.full_name
COMPARED_CHARACTERS = 200
SEARCH = " hublake models --search finds names"


def find_kin(published: PublishedTables, root_id: str, direction: Direction, max_steps: int | None = None) -> int:
    """Fill the temporary table `kin` for the newest snapshot; return its number of rows. `max_steps`: models at more steps are left out.

    Its columns are model_id, steps (the fewest edges from the root), and the edge of the last step: via_id (its other model, or the
    dataset), relation and evidence. The result of a model contains the model itself at 0 steps; models that name a dataset are 1 step
    from it. Guessed edges count like all others, unless `published` leaves them out. Raises WrongUse where no model or dataset of the
    snapshot has the name.
    Cost: one scan of the edges and one join per step.
    """
    for table in (MODELS, LINEAGE_EDGES):
        published.require(table)
    day = published.value("SELECT max(snapshot_date) FROM silver.lineage_edges")
    from_column, to_column = ("parent_id", "child_id") if direction == "descendants" else ("child_id", "parent_id")
    execute = published.execute
    execute(
        f"CREATE OR REPLACE TEMP TABLE edges AS SELECT {from_column} AS from_id, {to_column} AS to_id, relation, evidence, confidence"
        " FROM silver.lineage_edges WHERE snapshot_date = $day AND parent_status <> 'missing' AND NOT is_self_loop",
        {"day": day},
    )
    execute("CREATE OR REPLACE TEMP TABLE kin (model_id VARCHAR, steps BIGINT, via_id VARCHAR, relation VARCHAR, evidence VARCHAR)")
    execute(f"INSERT INTO kin {_start_query(published)}", {"root": root_id, "day": day})
    steps = published.value("SELECT max(steps) FROM kin")
    if steps is None:
        hint = _formerly(published, root_id, day) or suggestion(similar_names(published, root_id, day, SHOWN)) or SEARCH
        raise WrongUse(f"no model or dataset of {day} is called '{root_id[:COMPARED_CHARACTERS]}'.{hint}")
    while steps != max_steps and published.value("SELECT count(*) FROM kin WHERE steps = $steps", steps=steps):
        execute(NEXT_STEP, {"steps": steps})
        steps += 1
    return int(published.value("SELECT count(*) FROM kin"))


def require_model(published: PublishedTables, model_id: str, day: date) -> None:
    """Raise UnknownModel where no model of the snapshot has the name.

    The message says that it is a former name, a removed model or a dataset, or suggests similar names.
    """
    if not published.rows("SELECT 1 FROM silver.models WHERE snapshot_date = $day AND model_id = $id", day=day, id=model_id):
        raise unknown_model(published, model_id, day, lambda: similar_names(published, model_id, day, SHOWN))


def unknown_model(
    published: PublishedTables,
    model_id: str,
    day: date,
    similar: Callable[[], Sequence[str]],
    history: str | None = HISTORY,
) -> UnknownModel:
    """What `require_model` raises; `similar` finds similar names, `history` is a relation with the states of that name, None without."""
    if MODEL_DATASETS.full_name in published.tables:
        query = "SELECT count(DISTINCT model_id) FROM silver.model_datasets WHERE snapshot_date = $day AND dataset_id = $id"
        naming = published.value(query, day=day, id=model_id)
        if naming:
            return UnknownModel(
                f"'{model_id}' is a dataset of {day}, and no model; {naming:,} models name it.",
                f" They are listed by: hublake models --dataset {shlex.quote(model_id)}",
            )
    hint = _formerly(published, model_id, day, history) or suggestion(similar())
    return UnknownModel(f"no model of {day} is called '{model_id[:COMPARED_CHARACTERS]}'.{hint}", "" if hint else SEARCH)


def _formerly(published: PublishedTables, name: str, day: date, history: str | None = HISTORY) -> str:
    """A sentence on a model that had the name once, with a blank before it; empty if there is none."""
    if MODEL_HISTORY.full_name not in published.tables or history is None:
        return ""
    found = published.rows(FORMER.format(history=history), day=day, name=name)
    if not found:
        return ""
    listed, until = found[0]
    if listed is not None:
        return f" It was the name of '{listed}' until {until}."
    return f" A model of that name was listed until {until}; --as-of DATE reads an earlier snapshot."


def similar_names(published: PublishedTables, name: str, day: date, shown: int) -> list[str]:
    """Names of models that are similar to one, most similar first. Cost: one scan of the names."""
    return [row[0] for row in published.rows(SIMILAR.format(named=OF_ALL), day=day, name=compared_name(name), shown=shown)]


def most_similar(published: PublishedTables, name: str, candidates: Sequence[str], shown: int) -> list[str]:
    """Those of the candidates that are similar to a name, most similar first; of equal ones in their order."""
    query = SIMILAR.format(named=OF_CANDIDATES)
    return [row[0] for row in published.rows(query, candidates=candidates, name=compared_name(name), shown=shown)]


def compared_name(name: str) -> str:
    """The part of a name that is compared with others, in lower case."""
    return name[:COMPARED_CHARACTERS].lower()


def _start_query(published: PublishedTables) -> str:
    """The model of that name; if there is none, the models that name the dataset."""
    model = "SELECT model_id, 0, NULL, NULL, NULL FROM silver.models WHERE snapshot_date = $day AND model_id = $root"
    if MODEL_DATASETS.full_name not in published.tables:
        return model
    return (
        f"{model} UNION ALL SELECT model_id, 1, dataset_id, NULL, source FROM silver.model_datasets"
        " WHERE snapshot_date = $day AND dataset_id = $root AND role IS DISTINCT FROM 'eval'"
        " AND NOT EXISTS (SELECT 1 FROM silver.models WHERE snapshot_date = $day AND model_id = $root)"
    )


def kin_condition(table: Table, members: str = "kin") -> str:
    """The SQL condition that selects the rows of a table on models of the table `members`: of edges those between two of them.

    Raises WrongUse if the rows of the table are not about single models.
    """
    columns = _model_columns(table)
    if not columns:
        raise WrongUse(f"the rows of {table.full_name} are not about single models, so --root or filters cannot select them. Leave it out")
    conditions = [f"{column} IN (SELECT model_id FROM {members})" for column in columns]
    if table.layer == "bronze":
        conditions.append("repo_type = 'model'")
    return " AND ".join(conditions)


def _model_columns(table: Table) -> Sequence[str]:
    for columns in (("child_id", "parent_id"), ("model_id",), ("root_id",), ("repo_type", "repo_id")):
        if set(columns) <= set(table.column_names):
            return [column for column in columns if column != "repo_type"]
    return ()
