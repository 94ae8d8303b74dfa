"""Clean tables on languages and tasks, and the ways to damage them."""

from tests.expectations.damage import Damage

CLEAN = {
    "silver.model_languages": """
        snapshot_date | model_id | kind     | language | declared_as | source | confidence
        2026-01-02    | a/base   | declared | en       | english     | card   | 1
        2026-01-02    | b/far    | in_name  | de       | german      | name   | 0.9""",
    "silver.model_tasks": """
        snapshot_date | model_id | task                | modality | source       | evidence | confidence | is_strongest
        2026-01-02    | a/base   | text-generation     | nlp      | card         | x        | 1          | yes
        2026-01-02    | a/base   | text-classification | nlp      | name         | x        | 0.8        | no
        2026-01-02    | a/child  | text-to-image       | vision   | architecture | x        | 0.9        | yes""",
    "silver.model_domains": """
        snapshot_date | model_id | domain  | source | evidence | confidence
        2026-01-02    | a/base   | medical | tag    | medical  | 0.9""",
    "gold.task_transitions": """
        snapshot_date | relation  | parent_task     | child_task      | is_change | edges | edges_guessed | strong_edges | downloads_30d | edges_share_of_parent | strong_share
        2026-01-02    | finetune  | text-generation | text-to-image   | yes       | 1     | 0             | 0            | 5             | 1                     | 0
        2026-01-02    | merge     | text-generation | text-generation | no        | 1     | 0             | 1            | 5             | 1                     | 1
        2026-01-02    | quantized | text-to-image   | fill-mask       | yes       | 1     | 0             | 0            | 2             | 1                     | 0""",
    "gold.task_adaptation": """
        snapshot_date | base_id | task          | month   | relation | is_change | models | authors | downloads_30d
        2026-01-02    | a/base  | text-to-image | 2024-02 | finetune | yes       | 1      | 1       | 5
        2026-01-02    | (other) | fill-mask     | 2024-03 | merge    | no        | 2      | 1       | 5""",
    "gold.task_trends": """
        snapshot_date | task            | month   | new_models | known_models | all_models | known_share | cumulative
        2026-01-02    | text-generation | 2024-01 | 1          | 2            | 2          | 0.5         | 1
        2026-01-02    | text-to-image   | 2024-01 | 1          | 2            | 2          | 0.5         | 1
        2026-01-02    | fill-mask       | 2024-03 | 4          | 4            | 4          | 1           | 4""",
    "gold.model_language": """
        snapshot_date | model_id | primary_language | declared | is_multilingual | is_english_only | agreement
        2026-01-02    | a/base   | en               | en       | no              | yes             | single_source
        2026-01-02    | a/child  |                  | de, en   | yes             | no              | single_source
        2026-01-02    | b/far    |                  |          |                 |                 | single_source
        2026-01-02    | gpt2     |                  |          |                 |                 | none
        2026-01-02    | c/x      |                  |          |                 |                 | none
        2026-01-02    | c/y      |                  |          |                 |                 | none""",
    "gold.language_transfer": """
        snapshot_date | relation  | parent_language | child_language | change  | edges | edges_guessed | models | downloads_30d | edges_share_of_parent | reporting_edges | parent_languages | child_languages | distance
        2026-01-02    | finetune  | en              | multi          | widened | 1     | 0             | 1      | 5             | 1                     | 1               | 1                | 2               | 0.5
        2026-01-02    | merge     | en              | en             | kept    | 1     | 0             | 1      | 5             | 1                     | 1               | 1                | 1               | 0
        2026-01-02    | quantized | multi           | none           | unknown | 1     | 0             | 1      | 2             | 1                     | 0               | 0                | 0               | 0""",
    "gold.language_adaptation": """
        snapshot_date | language | models | monolingual_models | monolingual_from_multilingual | downloads_30d | new_12m
        2026-01-02    | en       | 2      | 1                  | 0                             | 15            | 1
        2026-01-02    | de       | 1      | 0                  | 0                             | 5             | 0""",
}

DAMAGES = [
    Damage("silver.model_languages", 0, "language", "english", "a language is a code"),
    Damage("silver.model_languages", 1, "source", "card", "each kind has its own source"),
    Damage("silver.model_languages", 0, "direction", "source", "only a name has a direction"),
    Damage("silver.model_tasks", 1, "task", "chess", "no task is outside the vocabulary"),
    Damage("silver.model_tasks", 2, "is_strongest", "no", "each model has one strongest task"),
    Damage("silver.model_tasks", 0, "is_strongest", "no", "a task that the card names is the strongest"),
    Damage("silver.model_tasks", 2, "modality", "audio", "tasks on images have the modality vision"),
    Damage("silver.model_domains", 0, "domain", "sports", "no domain is outside the list"),
    Damage("gold.task_transitions", 0, "edges", "2", "transitions of tasks add up to the edges between listed models"),
    Damage("gold.task_transitions", 0, "edges_share_of_parent", "0.5", "the shares of a parent task add up to one"),
    Damage("gold.task_transitions", 1, "is_change", "yes", "a change has two known tasks"),
    Damage("gold.task_transitions", 1, "strong_edges", "3", "strong edges are some of the edges, and have known tasks"),
    Damage("gold.task_adaptation", 0, "base_id", "no/body", "a base of its own is a listed model"),
    Damage("gold.task_adaptation", 1, "authors", "3", "a group has no more authors than models"),
    Damage("gold.task_trends", 0, "known_share", "0.9", "the known shares of a month add up to one"),
    Damage("gold.task_trends", 1, "cumulative", "5", "a sum so far ends with all models of the task"),
    Damage("gold.task_trends", 2, "new_models", "5", "the months add up to the listed models"),
    Damage("gold.model_language", 1, "is_multilingual", "no", "two declared languages make a model multilingual"),
    Damage("gold.model_language", 3, "is_multilingual", "no", "a model that declares nothing has no primary language and no flags"),
    Damage("gold.model_language", 0, "primary_language", "de", "the primary language is declared"),
    Damage("gold.language_transfer", 0, "edges", "2", "transfers add up to the edges between listed models"),
    Damage("gold.language_transfer", 0, "edges_share_of_parent", "0.5", "the shares of a parent language add up to one"),
    Damage("gold.language_transfer", 2, "change", "moved", "a change is unknown exactly if an end declares nothing"),
    Damage("gold.language_transfer", 1, "child_language", "de", "a language that is kept is the same at both ends"),
    Damage("gold.language_adaptation", 0, "monolingual_models", "9", "parts are no larger than the whole"),
    Damage("gold.language_adaptation", 0, "models", "3", "every declared language has its models"),
]
