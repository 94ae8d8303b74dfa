"""Everything that the published tables say about one model, ready for JSON."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from hublake.lake.enums import GUESSED_EVIDENCE
from hublake.lake.errors import MissingTable
from hublake.lake.schema import Table
from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION, SHARED_TEXTS
from hublake.lake.schema.gold.impact import MODEL_IMPACT, MODEL_IMPACT_WITHOUT_GUESSES
from hublake.lake.schema.gold.licenses import LICENSE_CHAINS, LICENSE_EDGES
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.operations import QUARANTINE
from hublake.lake.schema.silver.cards import CARD_SECTIONS, MODEL_CARDS, PARSED_SECTIONS
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.techniques import MODEL_TECHNIQUES
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.lake.suggestions import SHOWN
from hublake.serving.card_statements import card_statements
from hublake.serving.kin import similar_names, unknown_model
from hublake.serving.reader import PublishedTables

Row = dict[str, Any]

MAX_ANCESTORS = 500  # of a model whose ancestors are more, those with the fewest steps are shown
# DuckDB compares a row with a few names while it reads the file, and then reads the other columns of the rows that it has found. IN alone
# is a join of all rows. Each name costs a comparison of each row.
FEW_NAMES = 16
WHILE_READING = "AND list_position($children, child_id) > 0"
SHOWN_CHILDREN = 10  # most downloaded ones, and of each relation
ROWS_OF_OTHER_TABLES = 50
ON_EVERY_PAGE = (MODEL_LICENSES, MODEL_DATASETS, MODEL_LANGUAGES, MODEL_TECHNIQUES)  # of the other tables

_EDGES_TO_CHILDREN = """
    CREATE OR REPLACE TEMP TABLE edges_to_children AS
    SELECT child_id, relation, evidence, confidence, evidence IN (SELECT unnest($guessed)) AS is_guessed
    FROM silver.lineage_edges WHERE snapshot_date = $day AND parent_id = $id AND NOT is_self_loop
"""
_CHILDREN = """
    CREATE OR REPLACE TEMP TABLE children AS
    SELECT child_id AS model_id, relation, evidence, confidence, is_guessed, downloads_30d
    FROM (SELECT model_id AS child_id, downloads_30d FROM silver.models WHERE snapshot_date = $day)
    RIGHT JOIN edges_to_children USING (child_id)
"""
# Edges are one row per child, parent and relation.
_BY_RELATION = """
    SELECT relation, count(*) AS models, count(*) FILTER (is_guessed) AS guessed
    FROM children GROUP BY relation ORDER BY models DESC, relation
"""
_TOP_CHILDREN = """
    WITH top AS (
        SELECT model_id, max(downloads_30d) AS downloads FROM children
        GROUP BY model_id ORDER BY downloads DESC NULLS LAST, model_id LIMIT $shown
    )
    SELECT model_id, string_agg(DISTINCT relation, ', ' ORDER BY relation) AS relation, max(downloads) AS downloads_30d,
           arg_max(evidence, (confidence, evidence)) AS evidence, max(confidence) AS confidence
    FROM top JOIN children USING (model_id) GROUP BY model_id ORDER BY downloads_30d DESC NULLS LAST, model_id
"""
_TOP_OF_RELATION = """
    SELECT model_id, downloads_30d, is_guessed FROM children WHERE relation = $relation
    ORDER BY downloads_30d DESC NULLS LAST, model_id LIMIT $shown
"""
_RANK = """
    SELECT count(*) FILTER (impact_score > $score) + 1 AS rank, count(*) AS ranked_models FROM gold.model_impact WHERE snapshot_date = $day
"""
_FAMILY_SIZE = "SELECT count(*) FROM gold.model_lineage WHERE snapshot_date = $day AND component_id = $component"


class ModelFacts:
    """The facts on a model in the newest snapshot. `raw` adds the Hub's own response.

    Without `has_all_tables`, `tables` has only those of ON_EVERY_PAGE.
    Raises WrongUse, with similar names, where no model has the name; MissingTable where silver.models is not published.
    Cost: one query on each table that has rows on single models.
    """

    def __init__(self, published: PublishedTables, model_id: str, *, raw: bool = False, has_all_tables: bool = True) -> None:
        self.published = published
        self.model_id = model_id
        self.raw = raw
        self.has_all_tables = has_all_tables
        # A card's sections and sentences are long; card_documentation says what they contain.
        self._used = {MODELS, MODEL_IMPACT_WITHOUT_GUESSES, QUARANTINE, PARSED_SECTIONS, CARD_SECTIONS}
        for table in (MODELS, LINEAGE_EDGES):
            published.require(table)
        self.day: date = published.value("SELECT max(snapshot_date) FROM silver.models")
        if self.day is None:
            raise MissingTable(f"silver.models in {published.address} has no row. Run: hublake crawl models --full, then hublake build")

    def read(self) -> Row:
        """The facts by topic. A topic whose table is not published, or has no row on the model, is missing, null or empty."""
        model = self.require()
        facts: Row = {
            "model_id": self.model_id,
            "snapshot_date": self.day,
            "model": model,
            "ancestry": self._ancestry(),
            "children": self.children(),
            "lineage": self._lineage(),
            "impact": self._impact(),
            "license_edges": self._rows(LICENSE_EDGES, "child_id"),
            "license_chain": self._one(LICENSE_CHAINS),
            "documentation": self._documentation(),
            "history": self._history(model["hub_id"]),
            "quarantine": self._quarantine(model["hub_id"]),
        }
        facts["tables"] = dict(self._other_tables())
        if self.raw:
            facts["listing"] = self._listing(model["hub_id"])
        return facts

    def relation(self, table: Table, key: str, values: Sequence[str]) -> str | None:
        """An SQL relation with at least the rows of a table whose key is one of the values; None if it is known to have none."""
        return table.full_name

    def require(self) -> Row:
        """The row of silver.models. Raises UnknownModel where no model has the name."""
        found = self._one(MODELS)
        if found is None:
            history = self.relation(MODEL_HISTORY, "model_id", [self.model_id])
            raise unknown_model(self.published, self.model_id, self.day, self.similar_names, history)
        return found

    def similar_names(self) -> list[str]:
        """Names of models that are similar to this one, most similar first."""
        return similar_names(self.published, self.model_id, self.day, SHOWN)

    def _one(self, table: Table) -> Row | None:
        found = self._rows(table)
        return found[0] if found else None

    def _rows(self, table: Table, key: str = "model_id") -> list[Row]:
        """The rows of a table on the model in this snapshot; none if the table is not published.

        Columns that an earlier release did not write are null or empty.
        """
        self._used.add(table)
        if table.full_name not in self.published.tables:
            return []
        relation = self.relation(table, key, [self.model_id])
        if relation is None:
            return []
        query = f"SELECT * EXCLUDE (snapshot_date) FROM {relation} WHERE snapshot_date = $day AND {key} = $id"
        found = self.published.records(f"{query} ORDER BY ALL LIMIT {ROWS_OF_OTHER_TABLES}", day=self.day, id=self.model_id)
        absent: Row = {column.name: [] if column.type.startswith("array") else None for column in table if column.name != "snapshot_date"}
        return [absent | row for row in found]

    def _ancestry(self) -> list[Row]:
        """The edges from the model up to its roots, nearest first: each with `steps`, the fewest from the model to its child."""
        self._used.add(LINEAGE_EDGES)
        columns = "child_id, parent_id, relation, evidence, is_relation_declared, confidence, parent_status, declared_parent"
        found: list[Row] = []
        seen, children, steps = {self.model_id}, [self.model_id], 0
        while children and len(seen) <= MAX_ANCESTORS and (relation := self.relation(LINEAGE_EDGES, "child_id", children)) is not None:
            query = (
                f"SELECT {columns} FROM {relation} WHERE snapshot_date = $day AND NOT is_self_loop"
                f" AND child_id IN (SELECT unnest($children)) {WHILE_READING if len(children) <= FEW_NAMES else ''}"
                " ORDER BY child_id, confidence DESC, parent_id, relation"
            )
            edges = self.published.records(query, day=self.day, children=children)
            found += [{"steps": steps, **edge} for edge in edges]
            children = sorted({edge["parent_id"] for edge in edges if edge["parent_status"] != "missing"} - seen)
            seen.update(children)
            steps += 1
        return found

    def children(self) -> Row:
        """How many models derive from it directly, by relation, and the most downloaded ones, of all and of each relation."""
        read, execute = self.published.records, self.published.execute
        execute(_EDGES_TO_CHILDREN, {"day": self.day, "id": self.model_id, "guessed": list(GUESSED_EVIDENCE)})
        execute(_CHILDREN, {"day": self.day})
        by_relation = [
            row | {"most_downloaded": read(_TOP_OF_RELATION, relation=row["relation"], shown=SHOWN_CHILDREN)} for row in read(_BY_RELATION)
        ]
        total = self.published.value("SELECT count(DISTINCT model_id) FROM children")
        return {"models": total, "by_relation": by_relation, "most_downloaded": read(_TOP_CHILDREN, shown=SHOWN_CHILDREN)}

    def _lineage(self) -> Row | None:
        lineage = self._one(MODEL_LINEAGE)
        if lineage is None:
            return None
        return lineage | {"component_models": self.component_models(lineage["component_id"])}

    def component_models(self, component_id: str) -> int:
        """How many models are connected to each other."""
        return int(self.published.value(_FAMILY_SIZE, day=self.day, component=component_id))

    def _impact(self) -> Row | None:
        impact = self._one(MODEL_IMPACT)
        if impact is None:
            return None
        return impact | self.rank(impact["impact_score"])

    def rank(self, score: float) -> Row:
        """The rank of a model by its impact, 1 for the highest, and the number of ranked models."""
        (ranks,) = self.published.records(_RANK, day=self.day, score=score)
        return ranks

    def _documentation(self) -> Row | None:
        """The row of gold.card_documentation; `sentences` earned the depth, `statements` the classes."""
        found = self._one(CARD_DOCUMENTATION)
        if found is None:
            return None
        card = self._one(MODEL_CARDS) or {}
        text = card.pop("text", None) or ""
        spans = zip(found["evidence_starts"] or [], found["evidence_ends"] or [], strict=False)
        sentences = [" ".join(text[start:end].split()) for start, end in spans]
        statements = card_statements(found, text, card, self._shared_sections(found["shared_text_ids"]))
        return found | {"sentences": sentences, "statements": statements, "card": card or None}

    def _shared_sections(self, shared_text_ids: list[str] | None) -> list[int]:
        """The ordinals of the card's sections that very many cards contain."""
        if not shared_text_ids or not {CARD_SECTIONS.full_name, SHARED_TEXTS.full_name} <= set(self.published.tables):
            return []
        query = (
            "SELECT ordinal FROM silver.card_sections WHERE snapshot_date = $day AND model_id = $id AND text_id IN"
            " (SELECT unnest(text_ids) FROM gold.shared_texts WHERE snapshot_date = $day AND text_id IN (SELECT unnest($shared)))"
        )
        return [ordinal for (ordinal,) in self.published.rows(query, day=self.day, id=self.model_id, shared=shared_text_ids)]

    def _history(self, hub_id: str) -> list[Row]:
        self._used.add(MODEL_HISTORY)
        if MODEL_HISTORY.full_name not in self.published.tables:
            return []
        relation = self.relation(MODEL_HISTORY, "hub_id", [hub_id])
        if relation is None:
            return []
        query = f"SELECT valid_from, valid_to, model_id, is_removed, changed, licenses FROM {relation} WHERE hub_id = $id"
        return self.published.records(f"{query} ORDER BY valid_from", id=hub_id)

    def _quarantine(self, hub_id: str) -> list[Row]:
        """Records on the model that were quarantined: their keys begin with its _id or its name."""
        if QUARANTINE.full_name not in self.published.tables:
            return []
        query = (
            "SELECT table_name, rule, reason FROM silver.quarantine WHERE snapshot_date = $day"
            " AND (starts_with(record_id, $hub_id) OR starts_with(record_id, $id)) ORDER BY ALL LIMIT 20"
        )
        return self.published.records(query, day=self.day, hub_id=hub_id, id=self.model_id)

    def _other_tables(self) -> Iterator[tuple[str, list[Row]]]:
        """The rows of other tables of silver and gold on the model, by the name of the table."""
        for table in list(self.published.tables.values()):
            key = next((name for name in ("model_id", "child_id") if name in table.key), None)
            if table in self._used or key is None or table.layer == "bronze" or table.is_history:
                continue
            if not self.has_all_tables and table not in ON_EVERY_PAGE:
                continue
            rows = self._rows(table, key)
            if rows:
                yield table.full_name, [{name: value for name, value in row.items() if name != key} for row in rows]

    def _listing(self, hub_id: str) -> str | None:
        """The body of the newest listing item."""
        if LISTINGS.full_name not in self.published.tables:
            return None
        query = "SELECT body FROM bronze.listings WHERE repo_type = 'model' AND hub_id = $id ORDER BY fetched_at DESC LIMIT 1"
        found = self.published.value(query, id=hub_id)
        return None if found is None else str(found)
