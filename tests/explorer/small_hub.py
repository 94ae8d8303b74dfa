"""A small warehouse with every table: those that the pages of the explorer draw have a few rows, the others are empty."""

from datetime import date
from pathlib import Path

from hublake.lake.schema import TABLES
from tests.serving.small_warehouse import write_tables

DAY = date(2026, 1, 2)
HOSTILE = "<img src=x onerror=alert(1)>"
DRAWN = {
    "silver.models": f"""
        hub_id | model_id       | author | downloads_30d | created_at          | pipeline_tag
        h1     | g/base         | g      | 1000          | 2024-05-06T07:08:09 | text-generation
        h2     | a/x            | a      | 500           | 2024-06-06T07:08:09 | text-generation
        h3     | a/y            | a      | 50            | 2024-07-06T07:08:09 |
        h4     | a/z            | a      | 5             | 2024-08-06T07:08:09 |
        h5     | m/base         | m      | 4             | 2024-05-07T07:08:09 |
        h6     | x/{HOSTILE}    | x      | 3             | 2024-09-07T07:08:09 |
    """,
    "silver.lineage_edges": f"""
        child_id    | parent_id | relation | evidence        | confidence | parent_status | declared_parent
        a/x         | g/base    | finetune | hub_base_models | 1          | present       | g/base
        a/y         | g/base    | finetune | in_name         | 0.8        | present       | g/base
        a/z         | a/x       | adapter  | hub_base_models | 1          | present       | a/x
        x/{HOSTILE} | m/base    | adapter  | hub_base_models | 1          | present       | m/base
    """,
    "silver.model_licenses": """
        model_id | license | comparable_license | is_known | source | confidence
        g/base   | gemma   | gemma              | yes      | card   | 1
        a/x      | mit     | mit                | yes      | card   | 1
    """,
    "silver.license_catalogue": """
        license | commercial_use
        gemma   | limited
        mit     | yes
    """,
    "silver.model_datasets": """
        model_id | dataset_id | resolved_id | role  | source | dataset_status | confidence
        g/base   | r/squad    | r/squad     | train | card   | present        | 1
    """,
    "silver.quarantine": """
        table_name    | record_id | rule    | reason               | body
        silver.models | 1         | no_name | no_name: no id in it | {}
    """,
    "gold.license_edges": f"""
        child_id    | parent_id | relation | evidence        | verdict  | clause     | parent_licenses | child_licenses | child_downloads_30d | is_guessed
        a/x         | g/base    | finetune | hub_base_models | conflict | agreement  | gemma           | mit            | 5                   | no
        a/y         | g/base    | finetune | in_name         | conflict | agreement  | gemma           | mit            | 9                   | yes
        a/z         | g/base    | finetune | hub_base_models | unknown  | undeclared | gemma           |                | 1                   | no
        x/{HOSTILE} | m/base    | adapter  | hub_base_models | ok       | same       | mit             | mit            |                     | no
    """,
    "gold.license_chains": """
        model_id | generation | path             | licenses      | worst_verdict | first_conflict_generation
        a/x      | 1          | g/base, a/x      | gemma, mit    | conflict      | 1
        a/z      | 2          | g/base, a/x, a/z | gemma, mit, - | conflict      | 1
    """,
    "gold.license_propagation": """
        relation | generation | edges | parent_declares | both_declare | same | declared_share | declared_share_low | declared_share_high
        any      | 1          | 9     | 8               | 6            | 3    | 0.75           | 0.4                | 0.9
        any      | 2          | 4     | 4               | 2            | 1    | 0.5            | 0.1                | 0.9
    """,
    "gold.license_adoption": """
        license           | stratum   | models | known | model_share | share_low | share_high | dependants | adjusted_ratio | adjusted_low | adjusted_high
        mit               | all       | 3      | 5     | 0.6         | 0.2       | 0.9        | 2          | 1.5            | 0.5          | 4
        family:permissive | year:2023 | 3      | 5     | 0.6         | 0.2       | 0.9        | 2          |                |              |
        family:permissive | year:2024 | 4      | 5     | 0.8         | 0.3       | 0.95       | 2          |                |              |
    """,
    "gold.card_documentation": """
        model_id | has_card | has_bias | depth
        g/base   | yes      | no       | 1
        a/x      | yes      | yes      | 3
        a/y      | no       | no       | 0
    """,
    "gold.documentation_rates": """
        section_class | stratum              | models | cards | filled | filled_share | filled_share_low | filled_share_high | published_share
        bias          | all                  | 10     | 8     | 2      | 0.25         | 0.07             | 0.59              |
        limitations   | all                  | 10     | 8     | 4      | 0.5          | 0.2              | 0.8               | 0.174
        bias          | popularity:quartile-1 | 5     | 4     | 1      | 0.25         | 0.05             | 0.7               |
        bias          | task:fill-mask       | 3      | 2     | 1      | 0.5          | 0.1              | 0.9               |
        bias          | year:2024            | 1      | 0     | 0      |              |                  |                   |
    """,
    "gold.warning_inheritance": """
        child_id | parent_id | section_class | is_guessed | parent_own_words | has_child_card | child_own_words | is_lost | is_linked
        a/x      | g/base    | bias          | no         | 40               | yes            | 0               | yes     | yes
        a/y      | g/base    | bias          | yes        | 40               | no             | 0               | yes     | no
        a/z      | a/x       | bias          | no         | 10               | yes            | 12              | no      | no
    """,
    "gold.card_terms": """
        model_id | term | topic   | occurrences | denials
        g/base   | spam | misuse  | 2           | 0
    """,
    "gold.shared_texts": """
        text_id | section_class | cards | authors | free_cards | is_boilerplate | variants | word_count | example_id
        d1      | bias          | 30    | 20      | 30         | no             | 1        | 12         | g/base
    """,
    "gold.monthly_growth": """
        month   | stratum | new_models | new_authors | cumulative | edges_finetune | edges_adapter | edges_quantized | edges_merge
        2024-05 | all     | 2          | 2           | 2          | 0              | 0             | 0               | 0
        2024-06 | all     | 4          | 1           | 6          | 1              | 1             | 0               | 0
    """,
    "gold.survival_curves": "event | relation | derived_by | stratum | day | survival | survival_low | survival_high | at_risk\n"
    + "\n".join(
        f"derivative | {relation} | others | {stratum} | {day} | {1 - day / 1000} | {0.9 - day / 1000} | {1 - day / 2000} | 40"
        for relation, stratum in (("any", "all"), ("any", "size:1b-to-3b"), ("any", "license_class:permissive"))
        for day in range(1, 401)
    ),
    "gold.family_lifespans": """
        root_id | birth_at            | members_by_others | is_censored
        g/base  | 2024-05-06T07:08:09 | 2                 | yes
    """,
    "gold.architecture_evolution": """
        month   | architecture_family | size_class | new_models | new_models_share | with_parameters | coverage_share | median_parameters | p90_parameters
        2024-05 | all                 | all        | 2          | 1                | 2               | 1              | 1000000000        | 7000000000
        2024-06 | all                 | all        | 4          | 1                | 3               | 0.75           | 2000000000        | 8000000000
        2024-06 | all                 | 1b-to-3b   | 3          | 0.75             | 3               | 1              | 2000000000        | 8000000000
        2024-06 | all                 | unknown    | 1          | 0.25             | 0               | 0              |                   |
        2024-06 | llama               | all        | 3          | 0.75             | 3               | 1              | 2000000000        | 8000000000
        2024-06 | unknown             | all        | 1          | 0.25             | 0               | 0              |                   |
    """,
    "gold.technique_prevalence": """
        technique | month   | stratum | models | known_models | all_models | known_share | coverage_share
        lora      | 2024-05 | all     | 1      | 2            | 2          | 0.5         | 1
        lora      | 2024-06 | all     | 1      | 4            | 4          | 0.25        | 1
    """,
    "gold.language_adaptation": """
        language | models | monolingual_models
        en       | 4      | 3
    """,
    "gold.language_transfer": """
        relation | parent_language | child_language | change  | edges | edges_guessed
        finetune | en              | en             | kept    | 2     | 1
        adapter  | en              | none           | unknown | 2     | 0
    """,
    "gold.country_share": """
        country | stratum   | models | models_share | downloads_by_publisher | downloads_by_publisher_share | downloads_by_origin_share | coverage_share | downloads_coverage_share | origin_coverage_share
        FR      | all       | 2      | 0.4          | 40                     | 0.4                          | 0.5                       | 0.4            | 0.4                      | 0.5
        unknown | all       | 3      | 0.6          | 60                     | 0.6                          | 0.5                       | 0.4            | 0.4                      | 0.5
        FR      | year:2023 | 1      | 0.3          | 40                     | 0.4                          | 0.5                       | 0.4            | 0.4                      | 0.5
        FR      | year:2024 | 2      | 0.4          | 40                     | 0.4                          | 0.5                       | 0.4            | 0.4                      | 0.5
    """,
    "gold.task_trends": """
        task            | month   | new_models | known_models | all_models | known_share
        text-generation | 2024-05 | 1          | 2            | 2          | 0.5
        text-generation | 2024-06 | 2          | 4            | 4          | 0.5
    """,
    "gold.vendor_profile": """
        vendor | kind    | country | models | releases | models_by_others | downloads_30d
        G      | company | FR      | 1      | 1        | 2                | 1000
    """,
    "gold.vendor_series": """
        vendor | series | brand | method  | first_at            | models | descendants | descendants_by_others
        G      | base1  | base  | pattern | 2024-05-06T07:08:09 | 1      | 3           | 2
        G      | base2  | base  | pattern | 2024-09-06T07:08:09 | 1      | 9           | 8
        G      | base3  | base  | pattern |                     | 1      | 1           | 1
    """,
    "gold.series_succession": """
        vendor | series | next_series | brand | days_between | derivatives_before | derivatives_after | derivatives_of_next | moved_share
        G      | base1  | base2       | base  | 123          | 2                  | 1                 | 3                   | 0.75
    """,
    "gold.release_cadence": """
        vendor | series | releases | first_at            | last_at             | median_days_between
        G      | ''     | 3        | 2024-05-06T07:08:09 | 2024-09-06T07:08:09 | 61
    """,
    "gold.vendor_flow": """
        child_author | parent_author | relation | models | models_guessed | downloads_30d
        a            | g             | finetune | 2      | 1              | 550
        x            | m             | adapter  | 1      | 0              | 3
    """,
    "gold.dataset_influence": """
        dataset_id | is_listed | models_direct | models_reached | models_reached_declared | downloads_attributed | rank
        r/squad    | yes       | 1             | 4              | 3                       | 1555                 | 1
    """,
    "gold.training_disclosure": """
        stratum   | models | with_dataset | disclosed_share | disclosed_share_low | disclosed_share_high | published_share
        all       | 6      | 1            | 0.167           | 0.03                | 0.56                 | 0.39
        year:2024 | 6      | 1            | 0.167           | 0.03                | 0.56                 |
    """,
    "gold.dataset_licenses": """
        dataset_license | model_license | uses | distinct_datasets | verdict
        cc-by-4.0       | gemma         | 1    | 1                 | unknown
    """,
    "gold.model_impact": """
        model_id | impact_score | dependants | dependants_guessed | descendants | downloads_attributed | pagerank
        g/base   | 90           | 2          | 1                  | 3           | 1500                 | 0.5
        a/x      | 20           | 1          | 0                  | 1           | 500                  | 0.3
    """,
}


def write_small_hub(folder: Path) -> Path:
    """Write all tables of silver and gold with snapshots."""
    write_tables(folder, DRAWN, snapshot_date=DAY)
    missing = [table for table in TABLES.values() if table.layer != "bronze" and table.full_name not in DRAWN]
    return write_tables(folder, {table.full_name: table.column_names[0] for table in missing})
