"""The query of the facts in a static folder: for each model of the relation `detailed` one JSON object."""

from datetime import date

from hublake.lake.enums import GUESSED_EVIDENCE
from hublake.lake.schema import Table
from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.licenses import LICENSE_CHAINS, LICENSE_EDGES
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.reader import PublishedTables
from hublake.serving.scan import quote

DAY = "snapshot_date = $day"
ROWS = 20  # of a topic with several rows
PARENTS = 1_000  # edges to them: an answer on all licences needs all of them
CHILDREN = 5  # with most downloads, named
ALL, FULL = "(SELECT model_id FROM detailed)", "(SELECT model_id FROM detailed WHERE is_full)"
SENTENCES, CHARACTERS = 2, 200  # of a card, and of each of its sentences
MODEL = (
    *("is_created_at_floor", "downloads_30d", "likes", "is_gated", "is_disabled", "pipeline_tag", "library_name", "architecture"),
    "parameters",
)
IMPACT = ("dependants", "dependants_guessed", "descendants")
DIGITS = 3
IMPACT_PARTS = ("pagerank", "dependants", "descendants", "downloads")
IMPACT_COMPUTED = {
    "rank": "rank",
    "ranked_models": "(SELECT count(*) FROM impact_ranks)",
    "downloads_attributed": "round(downloads_attributed)::BIGINT",
    **{name: f"round({name}, {DIGITS})" for name in ("impact_score", *(f"{part}_part" for part in IMPACT_PARTS))},
}
PARENT = ("child_id", "parent_id", "relation", "evidence", "confidence", "parent_status", "declared_parent")
LICENSE_EDGE = ("parent_id", "relation", "evidence", "is_guessed", "parent_licenses", "transition", "verdict", "clause")


def detail_query(published: PublishedTables) -> str:
    """A query with the columns shard, model_id and facts (JSON), of the models in `detailed` (model_id, shard, is_full).

    Needs the table of `rank_models`. The facts have the names of `ModelFacts.read`; a topic that is not there is null. Impact, sentences,
    datasets, languages and paths of licences are only those of models that are full.
    """
    topics = _Topics(published)
    licenses = topics.rows(MODEL_LICENSES, ("license", "resolved_license", "comparable_license", "resolved_by", "source", "confidence"))
    datasets = topics.rows(MODEL_DATASETS, ("dataset_id", "resolved_id", "dataset_status", "role", "source"), of=FULL)
    languages = topics.rows(MODEL_LANGUAGES, ("language", "kind", "source"), of=FULL)
    facts = {
        "model": topics.one(MODELS, MODEL, created_at="strftime(created_at, '%Y-%m-%d')"),
        "ancestry": topics.rows(LINEAGE_EDGES, PARENT, "child_id", "AND NOT is_self_loop", most=PARENTS),
        "children": topics.children(),
        "lineage": topics.one(MODEL_LINEAGE, ("generation", "root_ids", "is_root"), of=FULL),
        "impact": topics.one(MODEL_IMPACT, IMPACT, of=FULL, joined="JOIN impact_ranks USING (model_id)", **IMPACT_COMPUTED),
        "license_edges": topics.rows(LICENSE_EDGES, LICENSE_EDGE, "child_id", most=PARENTS),
        "license_chain": topics.one(LICENSE_CHAINS, ("path", "licenses", "labels", "worst_verdict"), of=FULL),
        "documentation": topics.documentation(),
        "tables": _struct({MODEL_LICENSES.full_name: licenses, MODEL_DATASETS.full_name: datasets, MODEL_LANGUAGES.full_name: languages}),
    }
    return (
        f"WITH {', '.join(topics.queries)} SELECT shard, model_id, to_json({_struct(facts)})::VARCHAR AS facts"
        f" FROM detailed {' '.join(topics.joins)} WHERE $day IS NOT NULL"
    )


def rank_models(published: PublishedTables, day: date) -> None:
    """Create the temporary table impact_ranks: the rank of each model by impact, 1 for the highest."""
    has_impact = MODEL_IMPACT.full_name in published.tables
    ranks = f"SELECT model_id, rank() OVER (ORDER BY impact_score DESC) AS rank FROM gold.model_impact WHERE {DAY}"
    nothing = "SELECT '' AS model_id, 0 AS rank WHERE $day IS NULL"
    published.execute(f"CREATE OR REPLACE TEMP TABLE impact_ranks AS {ranks if has_impact else nothing}", {"day": day})


class _Topics:
    """Collects one query and one join for each topic. Columns that an older table lacks are left out."""

    def __init__(self, published: PublishedTables) -> None:
        self.published = published
        self.queries: list[str] = []
        self.joins: list[str] = []

    def one(self, table: Table, columns: tuple[str, ...], *, of: str = ALL, joined: str = "", **computed: str) -> str:
        """The row of a table with one row per model, as an object; null where there is none."""
        if not self._has(table):
            return "NULL"
        found = self._object(table, columns, computed)
        return self._add(f"SELECT model_id, {found} AS found FROM {table.full_name} {joined} WHERE {DAY} AND model_id IN {of}")

    def rows(
        self, table: Table, columns: tuple[str, ...], key: str = "model_id", condition: str = "", *, of: str = ALL, most: int = ROWS
    ) -> str:
        """The rows of a table as a list of objects, at most `most`."""
        if not self._has(table):
            return "[]"
        found = f"list_sort(list({self._object(table, columns, {})}))[:{most}]"
        chosen = f"{DAY} AND {key} IN {of} {condition}"
        return self._add(f"SELECT {key} AS model_id, {found} AS found FROM {table.full_name} WHERE {chosen} GROUP BY {key}")

    def children(self) -> str:
        """How many models derive from it, by relation, and those with most downloads."""
        guessed = ", ".join(map(quote, GUESSED_EVIDENCE))
        edges = f"SELECT * FROM silver.lineage_edges WHERE {DAY} AND NOT is_self_loop AND parent_id IN {ALL}"
        by_relation = self._add(f"""
            SELECT parent_id AS model_id,
                   list({{'relation': relation, 'models': models, 'guessed': guessed}} ORDER BY models DESC, relation) AS found
            FROM (SELECT parent_id, relation, count(DISTINCT child_id) AS models,
                         count(DISTINCT child_id) FILTER (evidence IN ({guessed})) AS guessed FROM ({edges}) GROUP BY ALL)
            GROUP BY parent_id
        """)
        most_downloaded = self._add(f"""
            SELECT parent_id AS model_id, list({{'model_id': child_id, 'relation': relation, 'downloads_30d': downloads_30d,
                                                     'evidence': evidence, 'confidence': confidence}}
                   ORDER BY downloads_30d DESC NULLS LAST, child_id) AS found
            FROM (
                SELECT parent_id, child_id, min(relation) AS relation, max(downloads_30d) AS downloads_30d,
                       arg_max(evidence, (confidence, evidence)) AS evidence, max(confidence) AS confidence
                FROM ({edges}) JOIN (SELECT model_id AS child_id, downloads_30d FROM silver.models WHERE {DAY}) USING (child_id)
                GROUP BY parent_id, child_id
                QUALIFY row_number() OVER (PARTITION BY parent_id ORDER BY max(downloads_30d) DESC NULLS LAST, child_id) <= {CHILDREN}
            ) GROUP BY parent_id
        """)
        models = self._add(f"SELECT parent_id AS model_id, count(DISTINCT child_id) AS found FROM ({edges}) GROUP BY parent_id")
        described = _struct({"models": models, "by_relation": by_relation, "most_downloaded": most_downloaded})
        return f"CASE WHEN {models} IS NOT NULL THEN {described} END"

    def documentation(self) -> str:
        """What the card fills, and the first of the sentences that earned the depth, of models that are full."""
        if not self._has(CARD_DOCUMENTATION):
            return "NULL"
        columns = ("has_card", "depth", "generator", "sections_filled")
        sentences, source = "[]::VARCHAR[]", f"(SELECT * FROM gold.card_documentation WHERE {DAY}) AS documentation"
        if self._has(MODEL_CARDS):
            spans = f"list_zip(evidence_starts, evidence_ends)[:{SENTENCES}]"
            sentence = "regexp_replace(trim(substring(text, x[1] + 1, x[2] - x[1])), '\\s+', ' ', 'g')"
            sentences = f"coalesce([left({sentence}, {CHARACTERS}) FOR x IN {spans}], [])"
            source += f" LEFT JOIN (SELECT model_id, text FROM silver.model_cards WHERE {DAY} AND model_id IN {FULL}) USING (model_id)"
            sentences = f"CASE WHEN text IS NULL THEN [] ELSE {sentences} END"
        return self._add(
            f"SELECT model_id, {self._object(CARD_DOCUMENTATION, columns, {'sentences': sentences})} AS found FROM {source}"
            " WHERE model_id IN (SELECT model_id FROM detailed)"
        )

    def _has(self, table: Table) -> bool:
        return table.full_name in self.published.tables

    def _object(self, table: Table, columns: tuple[str, ...], computed: dict[str, str]) -> str:
        present = {row[0] for row in self.published.rows(f"DESCRIBE {table.full_name}")}
        return _struct(computed | {name: name for name in columns if name in present})

    def _add(self, query: str) -> str:
        name = f"topic_{len(self.queries)}"
        self.queries.append(f"{name} AS ({query})")
        self.joins.append(f"LEFT JOIN {name} USING (model_id)")
        return f"{name}.found"


def _struct(fields: dict[str, str]) -> str:
    return "{" + ", ".join(f"{quote(name)}: {value}" for name, value in fields.items()) + "}"
