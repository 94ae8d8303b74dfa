"""Truths between tables of one snapshot, and between rows of one table."""

from collections.abc import Sequence

from great_expectations.expectations.expectation import Expectation

from expectations.wording import Alike, never

IS_DERIVATION = "parent_status <> 'missing' AND NOT is_self_loop"
PAIRS = f"SELECT DISTINCT child_id, parent_id FROM {{lineage_edges}} WHERE {IS_DERIVATION}"
# A component is misnamed where none of its members has its name, or one has a smaller name. A model that nothing joins to another names
# itself; it needs no look.
MISNAMED = (
    "SELECT count(*) FROM {batch} WHERE component_id <> model_id OR NOT is_leaf OR generation > 0"
    " GROUP BY xxhash64(component_id) HAVING NOT max(component_id = model_id) OR max(component_id > model_id)"
)

# Of each model what one look at its validities can tell: one is new, one has no end, and each date but the first ends one and begins one.
# Only a chain is so, as no validity ends before it begins.
BROKEN_CHAIN = (
    "SELECT count(*) FROM {batch} GROUP BY xxhash64(hub_id)"
    " HAVING count_if(array_contains(changed, 'new')) <> 1 OR count_if(valid_to IS NULL) <> 1"
    " OR bit_xor(xxhash64(valid_from)) ^ coalesce(bit_xor(if(valid_to IS NULL, NULL, xxhash64(valid_to))), 0L) <> xxhash64(min(valid_from))"
)


def _strangers(column: str, known: str) -> str:
    """A screen for names in a column that the table `known` does not have in its column of that name."""
    return (
        f"SELECT name FROM (SELECT xxhash64({column}) AS name FROM {{batch}})"
        f" LEFT ANTI JOIN (SELECT xxhash64({column}) AS name FROM {{{known}}}) USING (name)"
    )


# What an edge says of its ends: the child is listed, and so is the parent unless it is missing. One look at both.
MISSAID = (
    "SELECT name FROM (SELECT inline(array(struct(xxhash64(child_id) AS name, TRUE AS is_listed),"
    " struct(xxhash64(parent_id) AS name, parent_status <> 'missing' AS is_listed))) FROM {batch})"
    " LEFT JOIN (SELECT xxhash64(model_id) AS name, TRUE AS is_found FROM {models}) USING (name)"
    " WHERE is_listed <> (is_found IS NOT NULL)"
)


def like_models(column: str) -> Alike:
    """A screen for a table that should hold the name of every model as `silver.models` does: one look at both, and no join.

    What passes it has none too many, none too few and, as those of `silver.models` are unique, none twice.
    """
    told = f"concat_ws(' ', count(*), bit_xor(xxhash64({column})), sum(shiftright(xxhash64({column}), 24)))"
    return Alike(told, f"SELECT {told} FROM {{models}}")


def _listed(column: str, screen: Alike | None = None) -> Expectation:
    return never(
        "it is about a listed model",
        f"SELECT {column} FROM {{batch}} LEFT ANTI JOIN {{models}} USING ({column})",
        guards="rows of a model that the snapshot does not have: made from another snapshot, or of a name that was changed",
        screened_by=screen or _strangers(column, "models"),
    )


def _of_every_model(column: str) -> Sequence[Expectation]:
    every = never(
        "every listed model has its row",
        f"SELECT {column} FROM {{models}} LEFT ANTI JOIN {{batch}} USING ({column})",
        guards="figures over a part of the Hub only, and gaps in a history that nobody else keeps",
        screened_by=like_models(column),
    )
    return _listed(column, like_models(column)), every


# Tables with one row per listed model, and the column that names it.
OF_EVERY_MODEL = {
    "silver.model_metrics": "hub_id",
    "gold.model_impact": "model_id",
    "gold.model_lineage": "model_id",
    "gold.card_documentation": "model_id",
}

_OWN: dict[str, list[Expectation]] = {
    "silver.lineage_edges": [
        never(
            "the child of an edge is a listed model",
            "SELECT child_id FROM {batch} LEFT ANTI JOIN {models} ON child_id = model_id",
            guards="an edge that hangs in the air counts in no figure",
            screened_by=MISSAID,
        ),
        never(
            "a parent that is there is a listed model",
            "SELECT parent_id FROM (SELECT parent_id FROM {batch} WHERE parent_status <> 'missing')"
            " LEFT ANTI JOIN {models} ON parent_id = model_id",
            guards="a parent invented by resolving names",
            screened_by=MISSAID,
        ),
        never(
            "a parent that is missing is no listed model",
            "SELECT parent_id FROM (SELECT parent_id FROM {batch} WHERE parent_status = 'missing')"
            " LEFT SEMI JOIN {models} ON parent_id = model_id",
            guards="dependants lost to a parent that is listed",
            screened_by=MISSAID,
        ),
        never(
            "no relation is inferred beside a declared one",
            "SELECT child_id, parent_id FROM {batch} GROUP BY child_id, parent_id HAVING count(DISTINCT is_relation_declared) > 1",
            guards="a plain and a typed tag for one base are one edge",
            screened_by="SELECT count(*) FROM {batch} GROUP BY xxhash64(child_id, parent_id)"
            " HAVING min(is_relation_declared) <> max(is_relation_declared)",
        ),
    ],
    "silver.model_licenses": [_listed("model_id")],
    "silver.model_languages": [_listed("model_id")],
    "silver.model_datasets": [_listed("model_id")],
    "silver.model_cards": [_listed("hub_id")],
    "silver.card_sections": [
        never(
            "a section belongs to a card",
            "SELECT model_id FROM {batch} LEFT ANTI JOIN {model_cards} USING (model_id)",
            guards="sections of a card that is not in the snapshot",
            screened_by=_strangers("model_id", "model_cards"),
        ),
        never(
            "sections of a card are counted without a gap",
            "SELECT model_id FROM {batch} GROUP BY model_id HAVING max(ordinal) + 1 <> count(*)",
            guards="a section lost on the way",
            screened_by="SELECT count(*) FROM {batch} GROUP BY xxhash64(model_id) HAVING max(ordinal) + 1 <> count(*)",
        ),
    ],
    "silver.model_history": [
        never(
            "a removed model has no current row", "SELECT hub_id FROM {batch} WHERE is_removed AND is_current", guards="ghosts in counts"
        ),
        never("a validity begins before it ends", "SELECT hub_id FROM {batch} WHERE valid_to <= valid_from", guards="time turned round"),
        never(
            "what is current has no end",
            "SELECT hub_id FROM {batch} WHERE is_current <> (valid_to IS NULL AND NOT is_removed)",
            guards="readers filter by is_current or by valid_to and must get the same",
        ),
        never(
            "one validity ends where the next begins",
            "SELECT hub_id FROM (SELECT hub_id, valid_to, lead(valid_from) OVER (PARTITION BY hub_id ORDER BY valid_from) AS following"
            " FROM {batch}) WHERE following IS DISTINCT FROM valid_to",
            guards="a day on which a model has two states or none",
            screened_by=BROKEN_CHAIN,
        ),
        never(
            "a validity says what changed",
            "SELECT hub_id FROM {batch} WHERE size(changed) = 0",
            guards="two rows of one state",
        ),
        never(
            "only the first validity is new",
            "SELECT hub_id FROM {batch} GROUP BY hub_id HAVING count_if(array_contains(changed, 'new')) <> 1",
            guards="a returned model taken for a new one",
            screened_by=BROKEN_CHAIN,
        ),
    ],
    "gold.model_impact": [
        never(
            "dependants are the distinct children of the edges",
            f"SELECT counted, told FROM (SELECT count(*) AS counted FROM ({PAIRS})) CROSS JOIN"
            " (SELECT sum(dependants) AS told FROM {batch}) WHERE counted <> told",
            guards="children counted once for each relation, or lost in a join",
            screened_by=Alike(
                "string(sum(dependants))",
                f"SELECT string(count(DISTINCT xxhash64(child_id, parent_id))) FROM {{lineage_edges}} WHERE {IS_DERIVATION}",
            ),
        ),
    ],
    "gold.model_lineage": [
        never(
            "a component is named after a member",
            "SELECT component_id FROM {batch} AS a LEFT ANTI JOIN {batch} AS b ON a.component_id = b.model_id",
            guards="a family that nobody can look up",
            screened_by=MISNAMED,
        ),
        never(
            "the smallest member of a component gives its name",
            "SELECT component_id FROM {batch} GROUP BY component_id HAVING min(model_id) <> component_id",
            guards="one family under two names from one snapshot to the next",
            screened_by=MISNAMED,
        ),
        never(
            "an edge joins models of one component",
            f"SELECT child_id, parent_id FROM ({PAIRS}) JOIN {{batch}} AS a ON child_id = a.model_id"
            " JOIN {batch} AS b ON parent_id = b.model_id WHERE a.component_id <> b.component_id",
            guards="components computed on other edges than those that are published",
            # Of all models one in thirty is a parent: few enough for every task to have. One that is said to be a leaf is told as well.
            screened_by="WITH below AS (SELECT xxhash64(model_id) AS model, xxhash64(component_id) AS name FROM {batch}"
            " WHERE component_id <> model_id),"
            " above AS (SELECT xxhash64(model_id) AS model, xxhash64(component_id) AS name FROM {batch} WHERE NOT is_leaf),"
            f" pair AS (SELECT xxhash64(child_id) AS child, xxhash64(parent_id) AS parent FROM {{lineage_edges}} WHERE {IS_DERIVATION})"
            " SELECT /*+ BROADCAST(above), SHUFFLE_HASH(below) */ child FROM pair LEFT JOIN above ON parent = above.model"
            " LEFT JOIN below ON child = below.model"
            " WHERE above.name IS NULL OR coalesce(below.name, child) <> above.name",
        ),
    ],
    "gold.network_metrics": [
        never(
            "nodes are the listed models",
            "SELECT value FROM {batch} CROSS JOIN (SELECT count(*) AS listed FROM {models}) WHERE metric = 'nodes' AND value <> listed",
            guards="figures of a part of the graph",
        ),
        never(
            "no count is below zero and no share above one",
            "SELECT metric, value FROM {batch} WHERE value < 0 OR (metric LIKE '%share%' AND value > 1)",
            guards="a difference or a division the wrong way round",
        ),
    ],
    "gold.card_documentation": [
        never(
            "a section that is filled has own words",
            "SELECT model_id FROM {batch} WHERE has_bias AND bias_own_words = 0 OR has_limitations AND limitations_own_words = 0",
            guards="templates that count as documentation",
        ),
        never(
            "a model without a card documents nothing",
            "SELECT model_id FROM {batch} WHERE NOT has_card AND (depth > 0 OR has_bias OR has_limitations OR has_risks)",
            guards="text of another model's card",
        ),
    ],
    "gold.documentation_rates": [
        never(
            "the stratum all holds all models",
            "SELECT section_class, models FROM {batch} CROSS JOIN (SELECT count(*) AS listed FROM {models})"
            " WHERE stratum = 'all' AND models <> listed",
            guards="rates over another number of models than the snapshot has",
        ),
    ],
    "bronze.crawl_runs": [
        never("a run ends after it began", "SELECT crawl_id FROM {batch} WHERE finished_at < started_at", guards="clocks that disagree"),
        never(
            "a crawl has the date on which it began",
            "SELECT crawl_id FROM {batch} WHERE abs(datediff(started_at, snapshot_date)) > 1 AND shard = '0/1'",
            guards="a crawl that goes into the snapshot of another day",
            severity="warning",
        ),
    ],
    "bronze.crawl_failures": [
        never(
            "no address holds a credential",
            "SELECT crawl_id FROM {batch} WHERE url RLIKE '(?i)([?&](token|key|secret)=|://[^/]*@)'",
            guards="a token that lands in a table",
        ),
    ],
    "gold.builds": [
        never(
            "what is published has a version",
            "SELECT run_id FROM {batch} WHERE (state = 'published') <> (version IS NOT NULL)",
            guards="readers who find no version to open",
        ),
        never(
            "what is staged says what is left to do",
            "SELECT run_id FROM {batch} WHERE (state = 'staged') <> (plan IS NOT NULL)",
            guards="an interrupted build that cannot be finished",
        ),
    ],
    "gold.quality_results": [
        never(
            "what is broken was seen",
            "SELECT expectation FROM {batch} WHERE outcome = 'broken' AND observed IS NULL",
            guards="a gate that closes without saying why",
            severity="warning",
        ),
    ],
}

ACROSS = _OWN | {name: [*_of_every_model(column), *_OWN.get(name, ())] for name, column in OF_EVERY_MODEL.items()}
