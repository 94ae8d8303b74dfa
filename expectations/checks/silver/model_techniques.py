"""Checks of silver.model_techniques."""

from hublake.expectations.builders import expect_listed_models, expect_no_rows
from hublake.rules.techniques.vocabulary import technique_groups

GROUPS = ", ".join(f"'{technique} {group}'" for technique, group in sorted(technique_groups().items()))
FULL_ADAPTERS = (
    " WHERE technique IN ('full', 'lora', 'qlora', 'dora', 'peft') GROUP BY model_id"
    " HAVING count_if(technique = 'full') > 0 AND count_if(technique <> 'full') > 0"
)

CHECKS = [
    expect_listed_models("model_id"),
    expect_no_rows(
        "each technique is of the vocabulary and in its group",
        f"SELECT model_id, technique, technique_group FROM {{batch}} WHERE concat(technique, ' ', technique_group) NOT IN ({GROUPS})",
        guards_against="words of cards that count as techniques",
    ),
    expect_no_rows(
        "only a quantised copy inherits a technique",
        "SELECT model_id, technique FROM {batch} LEFT ANTI JOIN"
        " (SELECT child_id AS model_id FROM {lineage_edges} WHERE relation = 'quantized')"
        " USING (model_id) WHERE is_inherited",
        guards_against="fine-tunes whose own techniques are not counted",
    ),
    expect_no_rows(
        "a quantisation is a model's own",
        "SELECT model_id, technique FROM {batch} WHERE is_inherited AND technique_group = 'quantisation'",
        guards_against="quantised copies that are missing from their formats",
    ),
    expect_no_rows(
        "an adapter is not fully fine-tuned",
        "SELECT model_id FROM {batch}" + FULL_ADAPTERS,
        guards_against="settings of a trainer that are read as full fine-tuning",
        prefilter="SELECT count(*) FROM (SELECT xxhash64(model_id) AS model_id, technique FROM {batch})" + FULL_ADAPTERS,
    ),
]
