"""The queries of the derivation graph's models and edges. A table or column that an older warehouse lacks is null."""

from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.origins import ORGANISATIONS
from hublake.lake.schema.silver.tasks import MODEL_TASKS
from hublake.serving.reader import PublishedTables

LAST_MONTH = 65_535  # of an unknown date
DAY = "snapshot_date = $day"


def edge_query() -> str:
    """Edges between two listed models, without self-loops, as the temporary table map_edges."""
    return (
        f"CREATE OR REPLACE TEMP TABLE map_edges AS SELECT child_id, parent_id, relation, evidence FROM silver.lineage_edges WHERE {DAY}"
        " AND NOT is_self_loop AND parent_status <> 'missing' AND parent_id IN"
        f" (SELECT model_id FROM silver.models WHERE {DAY})"
    )


def node_query(published: PublishedTables) -> str:
    """The models of map_edges with their attributes, numbered by impact, as the temporary table map_nodes."""
    return f"""
        CREATE OR REPLACE TEMP TABLE map_nodes AS
        WITH connected AS (SELECT child_id AS model_id FROM map_edges UNION SELECT parent_id FROM map_edges),
        children AS (SELECT parent_id AS model_id, count(DISTINCT child_id) AS children FROM map_edges GROUP BY ALL),
        models AS (
            SELECT model_id, coalesce(author, model_id) AS namespace, downloads_30d, pipeline_tag,
                   CASE WHEN NOT is_created_at_floor THEN epoch(created_at) / 86400 END AS created,
                   date_diff('month', TIMESTAMPTZ '2022-03-01', created_at) AS months, row_number() OVER (ORDER BY hub_id) AS stable
            FROM silver.models WHERE {DAY} AND model_id IN (SELECT model_id FROM connected)
        ),
        impact AS ({_impact(published)}), licenses AS ({_licenses(published)}), tasks AS ({_tasks(published)}),
        countries AS ({_countries(published)}), languages AS ({_languages(published)}), cards AS ({_cards(published)})
        SELECT (row_number() OVER (ORDER BY impact_score DESC NULLS LAST, coalesce(children, 0) DESC, downloads_30d DESC NULLS LAST,
                                   models.model_id) - 1)::INTEGER AS node,
               models.model_id, stable, downloads_30d, coalesce(created, 'NaN')::DOUBLE AS created,
               (CASE WHEN months IS NULL THEN {LAST_MONTH} ELSE least(greatest(months, 0), {LAST_MONTH - 1}) END)::INTEGER AS month,
               coalesce(descendants, children, 0)::BIGINT AS descendants, coalesce(license_class, 'undeclared') AS license_class,
               {"task" if _has(published, MODEL_TASKS) else "pipeline_tag"} AS task, country, language,
               CASE WHEN cards.has_card THEN 'depth_' || depth WHEN NOT cards.has_card THEN 'no_card_with_text' END AS documentation
        FROM models LEFT JOIN children USING (model_id) LEFT JOIN impact USING (model_id) LEFT JOIN licenses USING (model_id)
        LEFT JOIN tasks USING (model_id) LEFT JOIN countries USING (namespace) LEFT JOIN languages USING (model_id)
        LEFT JOIN cards ON cards.model_id = models.model_id
    """


def _has(published: PublishedTables, table: object) -> bool:
    return getattr(table, "full_name", None) in published.tables


def _none(*columns: str) -> str:
    """A query without rows, in place of a table that is not published. It uses the parameter, because DuckDB rejects an unused one."""
    return f"SELECT {', '.join(columns)} FROM (SELECT 1) WHERE $day IS NULL"


def _impact(published: PublishedTables) -> str:
    if not _has(published, MODEL_IMPACT):
        return _none("NULL::VARCHAR AS model_id", "NULL::DOUBLE AS impact_score", "NULL::BIGINT AS descendants")
    return f"SELECT model_id, impact_score, descendants FROM gold.model_impact WHERE {DAY} AND model_id IN (FROM connected)"


def _licenses(published: PublishedTables) -> str:
    """The kind of the licence with the highest confidence; unknown where the catalogue lacks it."""
    if not _has(published, MODEL_LICENSES):
        return _none("NULL::VARCHAR AS model_id", "NULL::VARCHAR AS license_class")
    declared = (
        f"SELECT model_id, license, resolved_license, confidence FROM silver.model_licenses WHERE {DAY} AND model_id IN (FROM connected)"
    )
    family = "'unknown'"
    if _has(published, LICENSE_CATALOGUE):
        catalogue = f"(SELECT license AS resolved_license, family FROM silver.license_catalogue WHERE {DAY})"
        declared = f"SELECT * FROM ({declared}) LEFT JOIN {catalogue} USING (resolved_license)"
        family = "coalesce(family, 'unknown')"
    return f"SELECT model_id, first({family} ORDER BY confidence DESC, license) AS license_class FROM ({declared}) GROUP BY model_id"


def _tasks(published: PublishedTables) -> str:
    if not _has(published, MODEL_TASKS):
        return _none("NULL::VARCHAR AS model_id", "NULL::VARCHAR AS task")
    return f"SELECT model_id, task FROM silver.model_tasks WHERE {DAY} AND is_strongest AND model_id IN (FROM connected)"


def _countries(published: PublishedTables) -> str:
    if not _has(published, ORGANISATIONS):
        return _none("NULL::VARCHAR AS namespace", "NULL::VARCHAR AS country")
    return f"SELECT namespace, country FROM silver.organisations WHERE {DAY}"


def _languages(published: PublishedTables) -> str:
    """The language that a model declares, `several` where it declares more than one."""
    if not _has(published, MODEL_LANGUAGES) or "kind" not in {row[0] for row in published.rows("DESCRIBE silver.model_languages")}:
        return _none("NULL::VARCHAR AS model_id", "NULL::VARCHAR AS language")
    return (
        "SELECT model_id, CASE WHEN min(language) = max(language) THEN min(language) ELSE 'several' END AS language"
        f" FROM silver.model_languages WHERE {DAY} AND kind = 'declared' AND model_id IN (FROM connected) GROUP BY model_id"
    )


def _cards(published: PublishedTables) -> str:
    if not _has(published, CARD_DOCUMENTATION):
        return _none("NULL::VARCHAR AS model_id", "NULL::BOOLEAN AS has_card", "NULL::INTEGER AS depth")
    return f"SELECT model_id, has_card, depth FROM gold.card_documentation WHERE {DAY} AND model_id IN (FROM connected)"
