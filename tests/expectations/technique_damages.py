"""Clean tables on techniques, and the ways to damage them."""

from tests.expectations.damage import BETWEEN, IN_SET, Damage

CLEAN = {
    "silver.model_techniques": """
        snapshot_date | model_id | technique | technique_group | detail | bits | source   | evidence      | is_inherited | confidence
        2026-01-02    | a/base   | dpo       | objective       |        |      | name     | dpo           | no           | 0.9
        2026-01-02    | a/child  | lora      | adaptation      |        |      | file     | adapter.bin   | no           | 0.9
        2026-01-02    | b/far    | gguf      | quantisation    | Q4_0   | 4    | file     | m.Q4_0.gguf   | no           | 0.99
        2026-01-02    | c/x      | merge     | merge           | slerp  |      | tool_tag | slerp         | no           | 0.9
        2026-01-02    | a/base   | full      | adaptation      |        |      | text     | full tuning   | no           | 0.8""",
    "gold.technique_prevalence": """
        snapshot_date | technique | month   | stratum       | models | known_models | all_models | known_share | coverage_share | downloads_30d
        2026-01-02    | dpo       | 2024-01 | all           | 1      | 1            | 1          | 1           | 1              | 10
        2026-01-02    | full      | 2024-01 | all           | 1      | 1            | 1          | 1           | 1              | 10
        2026-01-02    | lora      | 2024-02 | all           | 1      | 1            | 1          | 1           | 1              | 5
        2026-01-02    | gguf      | 2024-03 | all           | 1      | 1            | 1          | 1           | 1              | 2
        2026-01-02    | merge     | 2024-04 | all           | 1      | 1            | 2          | 1           | 0.5            | 1
        2026-01-02    | merge     | 2024-04 | relation:none | 1      | 1            | 2          | 1           | 0.5            | 1""",
    "gold.merge_recipes": """
        snapshot_date | model_id | method | parent_ids | has_config
        2026-01-02    | c/x      | slerp  | a/base  | no""",
    "gold.quantization_formats": """
        snapshot_date | format | bits | month   | repos | files | quantisers | top_author_share
        2026-01-02    | gguf   | 4    | 2024-03 | 1     | 1     | 1          | 1
        2026-01-02    | gptq   | 4    | 2024-03 | 2     | 0     | 2          | 0.5""",
}

DAMAGES = [
    Damage("silver.model_techniques", 0, "technique", "magic", "each technique is of the vocabulary and in its group"),
    Damage("silver.model_techniques", 1, "is_inherited", "yes", "only a quantised copy inherits a technique"),
    Damage("silver.model_techniques", 2, "is_inherited", "yes", "a quantisation is a model's own"),
    Damage("silver.model_techniques", 3, "source", "hearsay", IN_SET.format("source")),
    Damage("silver.model_techniques", 4, "model_id", "a/child", "an adapter is not fully fine-tuned"),
    Damage("silver.model_techniques", 2, "bits", "0", BETWEEN.format("bits")),
    Damage("silver.model_techniques", 3, "model_id", "no/body", "every model_id is a listed model"),
    Damage("gold.technique_prevalence", 0, "models", "2", "the months of a technique add up to its models"),
    Damage(
        "gold.technique_prevalence", 5, "known_models", "3", "no group has more models than are known, or more known models than models"
    ),
    Damage("gold.technique_prevalence", 2, "known_share", "0.5", "the shares divide by the models of their month and stratum"),
    Damage("gold.merge_recipes", 0, "method", "magic", "a method is one of mergekit's"),
    Damage("gold.merge_recipes", 0, "model_id", "b/far", "a recipe is of a merged model"),
    Damage("gold.quantization_formats", 0, "format", "dpo", "a format is a quantisation of the vocabulary"),
    Damage("gold.quantization_formats", 1, "quantisers", "3", "a format has no more authors than repositories"),
    Damage("gold.quantization_formats", 0, "top_author_share", "0.9", "the top author has at least the mean share"),
]
