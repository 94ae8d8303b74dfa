"""What looks like a fact of the Hub and is none: every known one is an expectation, so that it can fail.

Shares in the notes were measured on public data of the year they name; a bound stands well above the measured share.
"""

from great_expectations.expectations.expectation import Expectation

from expectations.wording import never, rarely
from lake.names import CREATED_AT_FLOOR

FLOOR = f"TIMESTAMP '{CREATED_AT_FLOOR:%Y-%m-%d %H:%M:%S}'"
# Names of loaders and gaps that the Trainer and authors write where a data set should stand (docs of the datasets library).
PLACEHOLDERS = "'imagefolder', 'audiofolder', 'generator', 'none', 'null', 'n/a', 'undefined', 'your_dataset'"
# Libraries, methods and architectures whose names are ISO 639 codes as well.
LIBRARIES = "'trl', 'tf', 'jax', 'sft', 'vit', 'art', 'rvc', 'awq'"

FALSE_SIGNALS: dict[str, list[Expectation]] = {
    "silver.models": [
        rarely(
            "the arXiv id of the card template is rare",
            "tags",
            "array_contains(tags, 'arxiv:1910.09700')",
            at_most=0.15,
            guards="arXiv 1910.09700 stands in the Hub's card template and says nothing of a model: 7 % of models in 2024",
        ),
        never(
            "nothing was created before the floor",
            f"SELECT model_id, created_at FROM {{batch}} WHERE created_at < {FLOOR}",
            guards="the Hub gave everything older this second; an earlier date is misread",
        ),
        never(
            "the floor is marked",
            f"SELECT model_id, created_at FROM {{batch}} WHERE is_created_at_floor <> coalesce(created_at >= {FLOOR}"
            f" AND created_at < {FLOOR} + INTERVAL 2 SECONDS, FALSE)",
            guards="2022-03-02 taken for the day on which thousands of models were made",
        ),
        rarely(
            "few models stand at the floor",
            "is_created_at_floor",
            "is_created_at_floor",
            at_most=0.2,
            guards="a parser that falls back to the floor: 3.9 % of models in 2024, fewer each year",
        ),
        never(
            "nothing was created after its snapshot",
            "SELECT model_id, created_at FROM {batch} WHERE created_at > snapshot_date + INTERVAL 2 DAYS",
            guards="clocks, or a row of another snapshot",
            severity="warning",
        ),
        never(
            "the author is the part of the name before the slash",
            "SELECT model_id, author FROM {batch} WHERE author IS DISTINCT FROM"
            " CASE WHEN contains(model_id, '/') THEN substring_index(model_id, '/', 1) END",
            guards="contributors credited with the models of others",
        ),
        rarely(
            "not every model is without downloads",
            "downloads_30d",
            "coalesce(downloads_30d, 0) = 0",
            at_most=0.97,
            guards="a counter that stood still; half to three quarters of the Hub have none",
        ),
        never(
            "a size has a source",
            "SELECT model_id FROM {batch} WHERE (parameters IS NULL) <> (parameters_source IS NULL)",
            guards="packed counts of quantised weights cannot be told from real ones without it",
        ),
    ],
    "silver.model_metrics": [
        rarely(
            "counts of downloads do not fall",
            "has_fallen",
            "has_fallen",
            at_most=0.02,
            guards="downloads of all time were corrected downwards on the Hub's side before (huggingface_hub, issue 4365)",
        ),
        rarely(
            "counts of downloads do not stand still",
            "glitches",
            "array_contains(glitches, 'fell_to_zero')",
            at_most=0.02,
            guards="the 30-day counter has stood at zero for many models at once before (hub-docs, issue 154)",
        ),
    ],
    "silver.model_languages": [
        never(
            "no library is read as a language",
            f"SELECT model_id, declared_as FROM {{batch}} WHERE source = 'tag' AND lower(declared_as) IN ({LIBRARIES})",
            guards="library tags that are ISO codes as well",
        ),
        never(
            "a language is a code",
            "SELECT model_id, language FROM {batch} WHERE NOT language RLIKE '^([a-z]{{2,3}}|multilingual|code)$'",
            guards="words, regions and scripts taken for languages",
        ),
    ],
    "silver.model_licenses": [
        never(
            "a licence is one word in lower case",
            "SELECT model_id, license FROM {batch} WHERE license <> lower(trim(license)) OR startswith(license, 'license:')",
            guards="one licence counted under several spellings",
        ),
    ],
    "silver.model_datasets": [
        never(
            "a placeholder is marked as one",
            f"SELECT model_id, dataset_id FROM {{batch}} WHERE NOT is_placeholder AND lower(dataset_id) IN ({PLACEHOLDERS})",
            guards="the most used data set of the Hub being the name of a loader: 5,143 models name imagefolder",
        ),
    ],
    "silver.lineage_edges": [
        never(
            "a parent has the name of a model",
            "SELECT child_id, parent_id FROM {batch} WHERE lower(parent_id) IN ('none', 'null', 'undefined', 'n/a', 'base_model', 'nan')"
            " OR contains(parent_id, '://') OR startswith(parent_id, '.') OR startswith(parent_id, '/')",
            guards="gaps, addresses and paths of a disk taken for models",
        ),
        never(
            "quantised models have no children",
            "SELECT count(*) AS quantised, count(DISTINCT parent_id) AS with_children FROM"
            " (SELECT DISTINCT child_id FROM {batch} WHERE relation = 'quantized' AND NOT is_self_loop) AS below"
            " LEFT JOIN (SELECT DISTINCT parent_id FROM {batch} WHERE NOT is_self_loop) AS above ON child_id = parent_id"
            " HAVING count(DISTINCT parent_id) > 0.1 * count(*)",
            guards="edges turned round: 99.4 % of quantised models are leaves; told above a tenth",
            severity="warning",
        ),
        rarely(
            "few parents are missing",
            "parent_status",
            "parent_status = 'missing'",
            at_most=0.5,
            guards="the move of canonical names (gpt2): 17 % of plain edges of 2024 dangled, three quarters of them by it alone",
        ),
        rarely("self loops are rare", "is_self_loop", "is_self_loop", at_most=0.05, guards="a child that names itself: 0.5 % in 2024"),
        rarely("cycles are rare", "is_cycle", "is_cycle", at_most=0.05, guards="edges turned round: 9 edges closed cycles in 2024"),
        rarely(
            "children are younger than their parents",
            "is_child_older",
            "is_child_older",
            at_most=0.25,
            guards="edges turned round; dates are of repositories, not of releases",
        ),
    ],
    "silver.model_cards": [
        # Some authors did upload such a card: one in a hundred would be a fault of ours.
        rarely(
            "a card is not a missing value in letters",
            "text",
            "coalesce(lower(trim(text)) IN ('nan', 'none', 'null'), FALSE)",
            at_most=0.01,
            guards="a missing card that became three letters in somebody's table",
        ),
        rarely(
            "a card is not an error page",
            "text",
            "coalesce(trim(text) IN ('Entry not found', 'Not Found', 'Invalid username or password.'), FALSE)",
            at_most=0.01,
            guards="bodies of error answers stored as cards: 12,842 of 29,432 in a public data set of 2022",
        ),
        never(
            "text is there only where the card holds text",
            "SELECT model_id, content FROM {batch} WHERE (content = 'text') <> (text IS NOT NULL) AND content <> 'empty'",
            guards="pointers to large files read as cards",
        ),
    ],
    "silver.card_sections": [
        never(
            "the gap of the template is a placeholder",
            "SELECT model_id, heading FROM {batch} WHERE NOT is_placeholder AND lower(trim(text)) = '[more information needed]'",
            guards="an untouched template that counts as documented",
        ),
        never(
            "the sentence of the template is boilerplate",
            "SELECT model_id, heading FROM {batch} WHERE NOT is_boilerplate AND trim(text) ="
            " 'Users (both direct and downstream) should be made aware of the risks, biases and limitations of the model."
            " More information needed for further recommendations.'",
            guards="the template's Recommendations alone make every untouched template look filled",
        ),
    ],
    "silver.quarantine": [
        never(
            "a reason begins with its rule",
            "SELECT record_id, rule FROM {batch} WHERE NOT startswith(reason, rule)",
            guards="records counted under the wrong rule",
        ),
    ],
}
