"""The models that meet filters: a sorted list, and statistics of all of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa

from hublake.lake.delta.arrow import ARROW_TYPES
from hublake.lake.errors import MissingTable
from hublake.lake.schema import Column, Table
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.kin import Direction, find_kin, require_model
from hublake.serving.model_filters import select_models
from hublake.serving.output_formats import SORTS
from hublake.serving.reader import PublishedTables

LIST = (
    *(MODELS.by_name[name] for name in ("model_id", "downloads_30d", "likes")),
    MODEL_IMPACT.by_name["impact_score"],
    *(MODELS.by_name[name] for name in ("pipeline_tag", "library_name", "architecture", "parameters")),
    Column("license", "string", "Licences, joined by commas"),
    Column("relation", "string", "How the model derives from its parents, joined by commas"),
    MODELS.by_name["created_at"],
)
COLUMNS = tuple(column.name for column in LIST)
OF_MODELS = (*(name for name in COLUMNS if name in MODELS.by_name), "trending_score", "last_modified_at")
SCHEMA = pa.schema([pa.field(column.name, ARROW_TYPES[column.type]) for column in LIST])
PROPER_RELATION = "CASE WHEN NOT is_self_loop THEN relation END"
TOP_VALUES = 5


class ModelList(NamedTuple):
    """Models with the columns of LIST, to be read once: as tuples, or as Arrow batches."""

    rows: Callable[[], Iterable[tuple[Any, ...]]]
    batches: Callable[[], Iterable[pa.RecordBatch]]


def listed_rows(rows: Sequence[tuple[Any, ...]]) -> ModelList:
    """A list of few models."""
    return ModelList(
        lambda: rows, lambda: pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows], schema=SCHEMA).to_batches()
    )


class Kin(NamedTuple):
    """The arguments of `find_kin`."""

    root_id: str
    direction: Direction = "descendants"
    max_steps: int | None = None


class SelectedModels:
    """The models of the newest snapshot that meet the filters of `hublake.serving.model_filters`.

    `kin` keeps descendants or ancestors of a model or dataset, with itself; `model_id` keeps one model. Raises MissingTable if a filter
    needs a table that is not published, WrongUse for a bad value or an unknown name. Cost: one scan of silver.models and of each table that
    a filter reads.
    """

    def __init__(
        self, published: PublishedTables, given: Mapping[str, tuple[str, ...]], kin: Kin | None = None, *, model_id: str | None = None
    ) -> None:
        self.published = published
        selection = select_models(given)
        for table in selection.reads:
            published.require(table)
        self.day: date = published.value("SELECT max(snapshot_date) FROM silver.models")
        if self.day is None:
            raise MissingTable(f"silver.models in {published.address} has no row. Fill it: hublake crawl models --full, then hublake build")
        condition = selection.condition
        if kin is not None:
            find_kin(published, *kin)
            condition += " AND model_id IN (SELECT model_id FROM kin)"
        parameters = {"day": self.day, **selection.parameters}
        if model_id is not None:
            require_model(published, model_id, self.day)
            condition += " AND model_id = $model_id"
            parameters["model_id"] = model_id
        published.execute(f"CREATE OR REPLACE TEMP TABLE selected AS SELECT model_id FROM silver.models WHERE {condition}", parameters)
        self.total = int(published.value("SELECT count(*) FROM selected"))

    def listed(self, sort: str, limit: int | None) -> ModelList:
        """The first models in the order of SORTS, as many as `limit` (None: all)."""
        query = self._list_query(sort, limit)
        return ModelList(lambda: self.published.streamed(query), lambda: self.published.batches(query))

    def _list_query(self, sort: str, limit: int | None) -> str:
        """The query of the list, whose parts are in temporary tables: one table is read after the other, which needs less memory."""
        self._choose(sort, limit)
        of_chosen = "snapshot_date = $day AND model_id IN (SELECT model_id FROM chosen)"
        parts = {
            "of_models": f"SELECT {', '.join(OF_MODELS)} FROM silver.models WHERE {of_chosen}",
            "of_licenses": self._lists(MODEL_LICENSES, "model_id", "coalesce(resolved_license, license)", "license"),
            "of_edges": self._lists(LINEAGE_EDGES, "child_id", PROPER_RELATION, "relation"),
            "of_impact": "SELECT NULL::VARCHAR AS model_id, NULL::DOUBLE AS impact_score WHERE $day IS NULL",
        }
        if MODEL_IMPACT.full_name in self.published.tables:
            parts["of_impact"] = f"SELECT model_id, impact_score FROM gold.model_impact WHERE {of_chosen}"
        for name, query in parts.items():
            self.published.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}", {"day": self.day})
        first, *others = parts
        joined = " ".join([first, *(f"LEFT JOIN {other} USING (model_id)" for other in others)])
        return f"SELECT {', '.join(COLUMNS)} FROM {joined} ORDER BY {SORTS[sort]}, model_id"

    def _choose(self, sort: str, limit: int | None) -> None:
        """Fill the temporary table `chosen` with the names of the list."""
        if limit is None:
            self.published.execute("CREATE OR REPLACE TEMP TABLE chosen AS SELECT model_id FROM selected")
            return
        by_impact = sort == "impact" and MODEL_IMPACT.full_name in self.published.tables
        table, order = (MODEL_IMPACT, SORTS[sort]) if by_impact else (MODELS, "model_id" if sort == "impact" else SORTS[sort])
        self.published.execute(
            f"CREATE OR REPLACE TEMP TABLE chosen AS SELECT model_id FROM {table.full_name}"
            f" WHERE snapshot_date = $day AND model_id IN (SELECT model_id FROM selected) ORDER BY {order}, model_id LIMIT $limit",
            {"day": self.day, "limit": limit},
        )

    def _lists(self, table: Table, key: str, value: str, name: str) -> str:
        """The distinct values of a table for each model of `chosen`, sorted and joined by a comma; none where it is not published."""
        if table.full_name not in self.published.tables:
            return f"SELECT NULL::VARCHAR AS model_id, NULL::VARCHAR AS {name} WHERE $day IS NULL"
        return (
            f"SELECT {key} AS model_id, string_agg(DISTINCT {value}, ', ' ORDER BY {value}) AS {name} FROM {table.full_name}"
            f" WHERE snapshot_date = $day AND {key} IN (SELECT model_id FROM chosen) GROUP BY {key}"
        )

    def statistics(self) -> dict[str, Any]:
        """Figures of all chosen models: popularity, and the commonest values with the number of models; null where unknown."""
        (figures,) = self.published.records(
            "SELECT count(*) AS models, count(DISTINCT author) AS authors, sum(downloads_30d)::BIGINT AS downloads_30d,"
            " median(downloads_30d) AS median_downloads_30d, sum(likes)::BIGINT AS likes, count(parameters) AS with_size,"
            " median(parameters) AS median_parameters FROM silver.models"
            " WHERE snapshot_date = $day AND model_id IN (SELECT model_id FROM selected)",
            day=self.day,
        )
        return {"snapshot_date": str(self.day), **figures, **{name: self._commonest(query) for name, query in self._groups().items()}}

    def _groups(self) -> dict[str, str]:
        chosen = "snapshot_date = $day AND model_id IN (SELECT model_id FROM selected)"
        groups = {
            name: f"SELECT {column} AS value, count(*) AS models FROM silver.models WHERE {chosen} GROUP BY 1"
            for name, column in (("tasks", "pipeline_tag"), ("libraries", "library_name"))
        }
        facets = {
            "licenses": (MODEL_LICENSES, "model_id", "coalesce(resolved_license, license)"),
            "relations": (LINEAGE_EDGES, "child_id", PROPER_RELATION),
        }
        for name, (table, key, value) in facets.items():
            if table.full_name in self.published.tables:
                values = f"SELECT {key} AS model_id, {value} AS value FROM {table.full_name} WHERE snapshot_date = $day"
                joined = f"({values}) RIGHT JOIN selected USING (model_id)"
                groups[name] = f"SELECT value, count(DISTINCT model_id) AS models FROM {joined} GROUP BY 1"
        return groups

    def _commonest(self, query: str) -> list[dict[str, Any]]:
        ordered = f"SELECT * FROM ({query}) ORDER BY models DESC, value NULLS LAST LIMIT {TOP_VALUES}"
        return self.published.records(ordered, day=self.day)
