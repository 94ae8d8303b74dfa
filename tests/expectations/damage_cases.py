"""Small clean tables, and more than sixty ways to damage them: each with the expectation that must find it."""

from tests.expectations import facet_damages, technique_damages, time_damages, vendor_damages
from tests.expectations.damage import BETWEEN, IN_SET, NULL, Damage

OF_COUNTRY = "a stratum of countries is a code or the reason why there is none, with its coverage"

CLEAN = {
    "silver.models": """
        snapshot_date | hub_id | model_id | author | created_at          | last_modified_at    | downloads_30d | likes | parameters | parameters_source | tags     | is_created_at_floor
        2026-01-02    | h1     | a/base   | a      | 2024-01-01T00:00:00 | 2024-01-02T00:00:00 | 10            | 1     | 7          | name              | gguf     | no
        2026-01-02    | h2     | a/child  | a      | 2024-02-01T00:00:00 | 2024-02-02T00:00:00 | 5             | 0     |            |                   | en       | no
        2026-01-02    | h3     | b/far    | b      | 2024-03-01T00:00:00 | 2024-03-02T00:00:00 | 2             | 0     |            |                   | x        | no
        2026-01-02    | h4     | gpt2     |        | 2022-03-02T23:29:04 | 2024-03-02T00:00:00 | 99            | 9     |            |                   | x        | yes
        2026-01-02    | h5     | c/x      | c      | 2024-04-01T00:00:00 | 2024-04-02T00:00:00 | 1             | 0     |            |                   | x        | no
        2026-01-02    | h6     | c/y      | c      | 2024-04-01T00:00:00 | 2024-04-02T00:00:00 | 1             | 0     |            |                   | x        | no""",
    "silver.lineage_edges": """
        snapshot_date | child_id | parent_id | relation  | evidence  | is_relation_declared | confidence | parent_status | declared_parent
        2026-01-02    | a/child  | a/base    | finetune  | typed_tag | yes                  | 1          | present       | a/base
        2026-01-02    | b/far    | a/child   | quantized | typed_tag | yes                  | 1          | present       | a/child
        2026-01-02    | c/x      | old/gone  | finetune  | card_relation | yes                  | 1          | missing       | old/gone
        2026-01-02    | a/child  | a/base    | merge     | typed_tag | yes                  | 1          | present       | a/base""",
    "silver.model_cards": """
        snapshot_date | hub_id | model_id | card_bytes | encoding | content | yaml_status | word_count | text
        2026-01-02    | h1     | a/base   | 9          | utf-8    | text    | none        | 2          | two words
        2026-01-02    | h2     | a/child  | 9          | utf-8    | text    | none        | 2          | two more""",
    "silver.parsed_sections": """
        snapshot_date | model_id | ordinal | level | heading | section_classes | text_start | text_end | word_count | sentences | sentence_kinds | sentence_starts | sentence_ends | sentence_digests
        2026-01-02    | a/base   | 0       | 0     |         | other           | 0          | 9        | 2          | two words | own            | 0               | 9             | 1
        2026-01-02    | a/child  | 0       | 0     |         | other           | 0          | 8        | 2          | two, more | own, own       | 0, 4            | 3, 8          | 2, 3""",
    "silver.card_sections": """
        snapshot_date | model_id | ordinal | level | heading | section_class | section_classes | text_start | text_end | word_count | text
        2026-01-02    | a/base   | 0       | 0     |         | other         | other           | 0          | 9        | 2          | two words
        2026-01-02    | a/base   | 1       | 1     | Bias    | bias          | bias            | 9          | 18       | 2          | some bias
        2026-01-02    | a/child  | 0       | 0     |         | other         | other           | 0          | 8        | 2          | two more""",
    "silver.model_configs": """
        snapshot_date | hub_id | model_id | dtypes   | dtype_counts | quant_bits
        2026-01-02    | h1     | a/base   | BF16, I32 | 2, 5        | 4
        2026-01-02    | h2     | a/child  |          |              |""",
    "silver.model_parameters": """
        snapshot_date | model_id | source | parameters | active_parameters | is_packed | is_upper_bound | is_partial | unpacked_by | confidence | evidence
        2026-01-02    | a/base   | name   | 7          | 3                 | no        | no             | no         |             | 0.7        | 7
        2026-01-02    | a/child  | name   |            |                   | no        | yes            | no         |             | 0          | 8x7b
        2026-01-02    | a/child  | gguf   | 5          |                   | no        | no             | no         |             | 0.9        | gguf""",
    "silver.model_licenses": """
        snapshot_date | model_id | license | resolved_license | resolved_by | comparable_license | source | confidence
        2026-01-02    | a/base   | mit     | mit              | identifier  | mit                | card   | 1
        2026-01-02    | a/child  | mit     | mit              | identifier  | mit                | card   | 1""",
    "silver.license_catalogue": """
        snapshot_date | license | name    | family   | commercial_use | derivatives | redistribution | share_alike  | attribution | use_restrictions | passes_on    | share_alike_accepts | reading  | source
        2026-01-02    | gpl-3.0 | GPL 3.0 | copyleft | yes            | yes         | yes            | same_license | yes         | none             | same_license | gpl-3.0             | registry | a list
        2026-01-02    | sam     | SAM     | model    | yes            | yes         | yes            | no           | yes         | policy           | agreement    |                     | none     | a list""",
    "silver.model_datasets": """
        snapshot_date | model_id | dataset_id  | is_placeholder | resolved_id | dataset_status | role    | role_evidence | source | confidence
        2026-01-02    | a/base   | imagefolder | yes            |             | placeholder    | unknown |               | card   | 1
        2026-01-02    | a/child  | d/set       | no             | d/set       | present        | eval    | model-index   | tag    | 1
        2026-01-02    | a/base   | d/set       | no             | d/set       | present        | unknown |               | card   | 1
        2026-01-02    | b/far    | d/set       | no             | d/set       | present        | eval    | evalResults   | eval_results | 1""",
    "silver.datasets": """
        snapshot_date | hub_id | dataset_id
        2026-01-02    | d1     | d/set
        2026-01-02    | d2     | d/more""",
    "silver.dataset_edges": """
        snapshot_date | child_dataset | parent_dataset | evidence | parent_status
        2026-01-02    | d/more        | d/set          | d/set    | present
        2026-01-02    | d/set         | gone           | gone     | missing""",
    "silver.dataset_facts": """
        snapshot_date | dataset_id | is_synthetic | evidence
        2026-01-02    | d/set      | yes          | tag: synthetic
        2026-01-02    | d/more     |              |""",
    "silver.dataset_cards": """
        snapshot_date | hub_id | dataset_id | card_bytes | encoding | content | yaml_status | word_count | text
        2026-01-02    | d1     | d/set      | 9          | utf-8    | text    | none        | 2          | two words""",
    "gold.dataset_documentation": """
        snapshot_date | dataset_id | has_card | has_bias | bias_own_words | limitations_own_words | risks_own_words | ethics_own_words | out_of_scope_own_words | recommendations_own_words | environment_own_words | has_sensitive_data | sensitive_data_own_words | depth
        2026-01-02    | d/set      | yes      | yes      | 2              | 0                     | 0               | 0                | 0                      | 0                         | 0                     | yes                | 4                        | 2
        2026-01-02    | d/more     | no       | no       | 0              | 0                     | 0               | 0                | 0                      | 0                         | 0                     | no                 | 0                        | 0""",
    "silver.model_metrics": """
        snapshot_date | hub_id | model_id | downloads_30d | glitches | has_fallen
        2026-01-02    | h1     | a/base   | 10            |          | no
        2026-01-02    | h2     | a/child  | 5             |          | no
        2026-01-02    | h3     | b/far    | 2             |          | no
        2026-01-02    | h4     | gpt2     | 99            |          | no
        2026-01-02    | h5     | c/x      | 1             |          | no
        2026-01-02    | h6     | c/y      | 1             |          | no""",
    "silver.accounts": """
        snapshot_date | account | kind         | fetched_at          | display_name
        2026-01-02    | a       | organisation | 2026-01-02T00:00:00 | A
        2026-01-02    | b       | user         | 2026-01-02T00:00:00 |""",
    "silver.organisations": """
        snapshot_date | namespace        | institution | country | region        | country_reason | kind    | kind_source | method  | source | confidence
        2026-01-02    | a                | A           | FR      | europe        |                | company | curated     | curated | a list | 0.9
        2026-01-02    | b                |             |         |               | person         | person  | account     | account | Hub    | 1
        2026-01-02    | c                |             |         |               | unlisted       | unknown | none        | none    |        | 0
        2026-01-02    | openai-community | OpenAI      | US      | north_america |                | company | curated     | curated | a list | 0.9""",
    "silver.model_history": """
        hub_id | model_id | valid_from | valid_to   | is_current | is_removed | changed
        h1     | a/base   | 2026-01-01 |            | yes        | no         | new
        h2     | a/kid    | 2026-01-01 | 2026-01-02 | no         | no         | new
        h2     | a/child  | 2026-01-02 |            | yes        | no         | model_id
        h9     | z/gone   | 2026-01-01 | 2026-01-02 | no         | no         | new
        h9     | z/gone   | 2026-01-02 |            | no         | yes        | removed""",
    "silver.quarantine": """
        snapshot_date | table_name    | record_id | rule    | reason         | body
        2026-01-02    | silver.models | r1        | no_name | no_name: no id | {}""",
    "gold.model_impact": """
        snapshot_date | model_id | pagerank | pagerank_by_downloads | dependants | dependants_guessed | descendants | downloads_attributed | pagerank_part | dependants_part | descendants_part | downloads_part | impact_score
        2026-01-02    | a/base   | 0.4      | 0.4                   | 1          | 0                  | 2           | 17                   | 1             | 1               | 1                | 1              | 100
        2026-01-02    | a/child  | 0.3      | 0.3                   | 1          | 0                  | 1           | 7                    | 1             | 1               | 1                | 1              | 50
        2026-01-02    | b/far    | 0.1      | 0.1                   | 0          | 0                  | 0           | 2                    | 0             | 0               | 0                | 0              | 0
        2026-01-02    | gpt2     | 0.1      | 0.1                   | 0          | 0                  | 0           | 99                   | 0             | 0               | 0                | 1              | 9
        2026-01-02    | c/x      | 0.05     | 0.05                  | 0          | 0                  | 0           | 1                    | 0             | 0               | 0                | 0              | 0
        2026-01-02    | c/y      | 0.05     | 0.05                  | 0          | 0                  | 0           | 1                    | 0             | 0               | 0                | 0              | 0""",
    "gold.model_lineage": """
        snapshot_date | model_id | component_id | root_ids | generation | is_root | is_leaf
        2026-01-02    | a/base   | a/base       | a/base   | 0          | yes     | no
        2026-01-02    | a/child  | a/base       | a/base   | 1          | no      | no
        2026-01-02    | b/far    | a/base       | a/base   | 2          | no      | yes
        2026-01-02    | gpt2     | gpt2         | gpt2     | 0          | no      | yes
        2026-01-02    | c/x      | c/x          | c/x      | 0          | no      | yes
        2026-01-02    | c/y      | c/y          | c/y      | 0          | no      | yes""",
    "gold.network_metrics": """
        snapshot_date | metric              | value
        2026-01-02    | nodes               | 6
        2026-01-02    | quantized_leaf_share | 1""",
    "gold.card_documentation": """
        snapshot_date | model_id | has_card | has_bias | bias_own_words | limitations_own_words | risks_own_words | ethics_own_words | out_of_scope_own_words | recommendations_own_words | environment_own_words | depth
        2026-01-02    | a/base   | yes      | yes      | 2              | 0                     | 0               | 0                | 0                      | 0                         | 0                     | 2
        2026-01-02    | a/child  | yes      | no       | 0              | 0                     | 0               | 0                | 0                      | 0                         | 0                     | 0
        2026-01-02    | b/far    | no       | no       | 0              | 0                     | 0               | 0                | 0                      | 0                         | 0                     | 0
        2026-01-02    | gpt2     | no       | no       | 0              | 0                     | 0               | 0                | 0                      | 0                         | 0                     | 0
        2026-01-02    | c/x      | no       | no       | 0              | 0                     | 0               | 0                | 0                      | 0                         | 0                     | 0
        2026-01-02    | c/y      | no       | no       | 0              | 0                     | 0               | 0                | 0                      | 0                         | 0                     | 0""",
    "gold.documentation_rates": """
        snapshot_date | section_class | stratum | models | cards | filled | filled_share | filled_share_low | filled_share_high
        2026-01-02    | bias          | all     | 6      | 2     | 1      | 0.5          | 0.1              | 0.9""",
    "gold.license_edges": """
        snapshot_date | child_id | parent_id | relation  | evidence  | parent_licenses | child_licenses | transition | verdict  | clause     | clause_source
        2026-01-02    | a/child  | a/base    | finetune  | typed_tag | mit             | apache-2.0     | changed    | ok       | notice     | registry
        2026-01-02    | b/far    | a/child   | quantized | typed_tag | apache-2.0      |                | dropped    | unknown  | undeclared |
        2026-01-02    | a/child  | a/base    | merge     | typed_tag | mit             | mit            | same       | ok       | same       | registry""",
    "gold.license_transitions": """
        snapshot_date | relation  | parent_license | child_license | transition | edges | edges_guessed | edges_share_of_parent | downloads_30d | verdict | clause
        2026-01-02    | finetune  | mit            | apache-2.0    | changed    | 1     | 0             | 1                     | 5             | ok      | notice
        2026-01-02    | quantized | apache-2.0     | mit           | changed    | 1     | 0             | 1                     | 2             | ok      | notice
        2026-01-02    | merge     | mit            | mit           | same       | 1     | 0             | 1                     | 5             | ok      | same""",
    "gold.license_chains": """
        snapshot_date | model_id | generation | path                   | licenses         | labels         | stalnaker_labels | worst_verdict
        2026-01-02    | a/child  | 1          | a/base, a/child        | mit, mit         | single_owner   |                  | ok
        2026-01-02    | b/far    | 2          | a/base, a/child, b/far | mit, mit, llama2 | license_change | license_change   | ok""",
    "gold.license_propagation": """
        snapshot_date | relation | generation | edges | parent_declares | both_declare | same
        2026-01-02    | finetune | 1          | 2     | 2               | 1            | 1
        2026-01-02    | any      | 1          | 2     | 2               | 1            | 1
        2026-01-02    | any      | 2          | 1     | 1               | 1            | 0
        2026-01-02    | merge    | 2          | 1     | 1               | 1            | 0""",
    "gold.country_share": """
        snapshot_date | country | region | stratum | models | downloads_by_publisher | downloads_by_origin | likes | dependants | models_share | downloads_by_publisher_share | downloads_by_origin_share | coverage_share
        2026-01-02    | FR      | europe | all     | 2      | 15                     | 17                  | 1     | 2          | 0.333333333  | 0.75                         | 0.85                      | 0.333333333
        2026-01-02    | unknown |        | all     | 4      | 5                      | 3                   | 9     | 0          | 0.666666667  | 0.25                         | 0.15                      | 0.333333333""",
    "gold.concentration": """
        snapshot_date | unit    | measure | stratum   | units | total | coverage_share | hhi  | gini | top_1_share | top_10_share
        2026-01-02    | country | models  | all       | 2     | 4     | 0.6            | 0.5  | 0    | 0.5         | 1
        2026-01-02    | country | models  | year:2024 | 0     | 0     | 0              |      |      |             | """,
    "gold.institution_impact": """
        snapshot_date | institution | kind    | country | namespaces | models | dependants | dependants_guessed | lineage_h_index | downloads_by_publisher | downloads_by_origin
        2026-01-02    | A           | company | FR      | a          | 2      | 1          | 0                  | 1               | 15                     | 17""",
    "gold.license_adoption": """
        snapshot_date | license | stratum         | models | known | model_share | share_low | share_high | country_coverage_share | dependants | adjusted_ratio | adjusted_low | adjusted_high
        2026-01-02    | mit     | all             | 2      | 4     | 0.5         | 0.2       | 0.8        |                        | 1          | 2              | 1            | 4
        2026-01-02    | gemma   | all             | 2      | 4     | 0.5         | 0.2       | 0.8        |                        | 1          |                |              |
        2026-01-02    | mit     | country:FR      | 2      | 3     | 0.67        | 0.2       | 0.9        | 0.75                   | 1          |                |              |
        2026-01-02    | gemma   | country:FR      | 1      | 3     | 0.33        | 0.1       | 0.8        | 0.75                   | 1          |                |              |
        2026-01-02    | gemma   | country:unknown | 1      | 1     | 1           | 0.2       | 1          | 0.75                   | 0          |                |              |""",
    "gold.dataset_influence": """
        snapshot_date | dataset_id | is_listed | models_direct | models_reached | models_reached_declared | authors | downloads_direct | downloads_attributed | families | rank | finetune_share | adapter_share | quantized_share | merge_share
        2026-01-02    | d/set      | yes       | 1             | 3              | 2                       | 1       | 10               | 17                   | 1        | 1    | 0.5            | 0             | 0.5             | 0
        2026-01-02    | d/more     | yes       | 1             | 1              | 1                       | 1       | 2                | 2                    | 1        | 2    |                |               |                 |""",
    "gold.dataset_licenses": """
        snapshot_date | dataset_license | model_license | uses | distinct_datasets | verdict
        2026-01-02    | cc-by-sa-4.0    | mit           | 2    | 1        | unknown""",
    "gold.training_disclosure": """
        snapshot_date | stratum        | models | with_dataset | resolved | inherited_only | placeholder_only | evaluated_only | downloads_30d | downloads_disclosed | disclosed_share | disclosed_share_low | disclosed_share_high | country_coverage_share
        2026-01-02    | all            | 6      | 1            | 1        | 2              | 1                | 1              | 118           | 10                  | 0.17            | 0.1                 | 0.5                  |
        2026-01-02    | year:2024      | 5      | 1            | 1        | 2              | 1                | 1              | 19            | 10                  | 0.2             | 0.1                 | 0.5                  |
        2026-01-02    | country:FR     | 4      | 1            | 1        | 2              | 0                | 1              | 110           | 10                  | 0.25            | 0.1                 | 0.6                  | 0.67
        2026-01-02    | country:person | 2      | 0            | 0        | 0              | 1                | 0              | 8             | 0                   | 0               | 0                   | 0.6                  | 0.67""",
    "gold.model_architecture": """
        snapshot_date | model_id | architecture | architecture_family | architecture_source | architecture_confidence | parameters | parameters_from | size_class | parameter_sources
        2026-01-02    | a/base   | llama        | llama               | config              | 1                       | 7000000000 | name            | 3b-to-9b   | 1
        2026-01-02    | a/child  | llama        | llama               | parent              | 0.9                     | 900000000  | gguf            | 100m-to-1b | 1
        2026-01-02    | b/far    |              | unknown             |                     |                         |            |                 | unknown    | 0
        2026-01-02    | gpt2     | ada          | other               | config              | 1                       |            |                 | unknown    | 0
        2026-01-02    | c/x      |              | unknown             |                     |                         |            |                 | unknown    | 0
        2026-01-02    | c/y      |              | unknown             |                     |                         |            |                 | unknown    | 0""",
    "gold.architecture_evolution": """
        snapshot_date | month   | architecture_family | size_class | new_models | new_models_share | with_parameters | coverage_share | median_parameters | p90_parameters | moe_known | downloads_30d
        2026-01-02    | 2024-07 | all                 | all        | 6          | 1                | 1               | 0.1            | 7                 | 8              | 0         | 0
        2026-01-02    | 2024-07 | llama               | all        | 6          | 1                | 1               | 0.1            | 7                 | 7              | 0         | 0
        2026-01-02    | 2024-07 | all                 | unknown    | 6          | 1                | 0               | 0              |                   |                | 0         | 0
        2026-01-02    | 2024-07 | llama               | unknown    | 6          | 1                | 0               | 0              |                   |                | 0         | 0""",
    "gold.parameter_agreement": """
        snapshot_date | source_a    | source_b | pairs | within_5_share | within_25_share | median_ratio
        2026-01-02    | safetensors | name     | 2     | 0.5            | 1               | 1""",
    "gold.builds": """
        snapshot_date | run_id | table_name    | state     | version | row_count | set_aside | fingerprint | plan | committed_at
        2026-01-02    | r1     | silver.models | staged    |         | 6         | 0         | f           | {}   | 2026-01-02T00:00:00
        2026-01-02    | r1     | silver.models | published | 0       | 6         | 0         | f           |      | 2026-01-02T00:00:01""",
    "bronze.crawl_runs": """
        crawl_id | snapshot_date | spider | shard | started_at          | finished_at         | outcome  | requests | items | refused | retries | failures
        c1       | 2026-01-02    | models | 0/1   | 2026-01-02T00:00:00 | 2026-01-02T00:09:00 | finished | 1        | 6     | 0       | 0       | 0""",
    "bronze.crawl_failures": """
        crawl_id | snapshot_date | spider | url                 | reason  | attempts | last_at
        c1       | 2026-01-02    | cards  | https://hub/a/x/raw | timeout | 3        | 2026-01-02T00:00:00""",
    "bronze.cards": """
        crawl_id | snapshot_date | repo_type | hub_id | repo_id | status | fetched_at          | card_bytes | encoding | body
        c1       | 2026-01-02    | model     | h1     | a/base  | 200    | 2026-01-02T00:00:00 | 9          | utf-8    | two words""",
    "bronze.listings": """
        crawl_id | snapshot_date | repo_type | page | position | hub_id | repo_id | fetched_at          | body
        c1       | 2026-01-02    | model     | 0    | 0        | h1     | a/base  | 2026-01-02T00:00:00 | {"id": "a/base"}""",
    **facet_damages.CLEAN,
    **technique_damages.CLEAN,
    **time_damages.CLEAN,
    **vendor_damages.CLEAN,
}


DAMAGES = [
    # rules of the declaration
    Damage("silver.models", 0, "hub_id", "", NULL.format("hub_id")),
    Damage("silver.models", 1, "downloads_30d", "-1", BETWEEN.format("downloads_30d")),
    Damage("silver.models", 0, "parameters_source", "guess", IN_SET.format("parameters_source")),
    Damage("silver.models", 2, "likes", "-5", BETWEEN.format("likes")),
    Damage("silver.models", 4, "hub_id", "h3", "expect_column_values_to_be_unique(hub_id)"),
    Damage("silver.models", 4, "model_id", "c/y", "expect_column_values_to_be_unique(model_id)"),
    Damage("silver.lineage_edges", 0, "relation", "distill", IN_SET.format("relation")),
    Damage("silver.lineage_edges", 0, "evidence", "hearsay", IN_SET.format("evidence")),
    Damage("silver.lineage_edges", 0, "confidence", "1.5", BETWEEN.format("confidence")),
    Damage("silver.lineage_edges", 0, "", "", "expect_compound_columns_to_be_unique(child_id, parent_id, relation)"),
    Damage("silver.model_configs", 0, "dtype_counts", "7", "each type of numbers has a positive count"),
    Damage("silver.model_configs", 0, "dtype_counts", "0, 7", "each type of numbers has a positive count"),
    Damage("silver.model_configs", 0, "quant_bits", "0", BETWEEN.format("quant_bits")),
    Damage("silver.model_configs", 1, "model_id", "", NULL.format("model_id")),
    Damage("silver.accounts", 1, "display_name", "Ann", "for a person only the account name and counts are stored"),
    Damage("silver.organisations", 3, "kind", "person", "no person has an institution or a country"),
    Damage("silver.organisations", 1, "kind", "company", "whom the Hub calls a user is a person"),
    Damage("silver.organisations", 2, "country_reason", "", "a country or the reason for its absence is stated, never both"),
    Damage("silver.organisations", 0, "source", "", "what is stated has a method and a source"),
    Damage("silver.organisations", 2, "namespace", "d", "every author of a listed model has a row"),
    Damage("silver.model_parameters", 1, "parameters", "56", "a product of experts and size is not published"),
    Damage("silver.model_parameters", 1, "confidence", "0.5", "a count without a number, or of a part, has no confidence"),
    Damage("silver.model_parameters", 0, "is_partial", "yes", "a count without a number, or of a part, has no confidence"),
    Damage("silver.model_parameters", 0, "active_parameters", "8", "a token passes no more weights than there are"),
    Damage("silver.model_parameters", 2, "unpacked_by", "mlx", "only packed numbers are unpacked"),
    Damage("silver.model_parameters", 0, "source", "guess", IN_SET.format("source")),
    Damage("silver.model_parameters", 2, "model_id", "a/gone", "every model_id is a listed model"),
    Damage("gold.model_architecture", 0, "architecture_family", "dragon", IN_SET.format("architecture_family")),
    Damage("gold.model_architecture", 0, "architecture_source", "", "a known family has an architecture with its source"),
    Damage("gold.model_architecture", 0, "architecture_family", "unknown", "a known family has an architecture with its source"),
    Damage("gold.model_architecture", 0, "parameters_from", "", "a count of parameters has a source and a class of size"),
    Damage("gold.model_architecture", 2, "size_class", "over-300b", "a count of parameters has a source and a class of size"),
    Damage("gold.model_architecture", 1, "parameters", "8000000000", "larger classes have larger models"),
    Damage("gold.model_architecture", 0, "active_parameters", "8000000000", "a token passes no more weights than there are"),
    Damage("gold.model_architecture", 3, "model_id", "h", "every listed model has a row"),
    Damage("gold.architecture_evolution", 1, "new_models", "5", "families and sizes of a month sum to all of it"),
    Damage("gold.architecture_evolution", 0, "new_models", "7", "every model is counted"),
    Damage(
        "gold.architecture_evolution",
        0,
        "median_parameters",
        "9",
        "a median is below the 90th percentile, and present where parameters are known",
    ),
    Damage("gold.architecture_evolution", 2, "size_class", "huge", IN_SET.format("size_class")),
    Damage("gold.parameter_agreement", 0, "within_25_share", "0.4", "a share grows with the tolerance, and a pair is of two sources"),
    Damage("silver.card_sections", 1, "level", "7", BETWEEN.format("level")),
    Damage("silver.card_sections", 1, "section_class", "poetry", IN_SET.format("section_class")),
    Damage("silver.model_cards", 0, "encoding", "ebcdic", IN_SET.format("encoding")),
    Damage("silver.model_cards", 0, "yaml_status", "odd", IN_SET.format("yaml_status")),
    Damage("silver.quarantine", 0, "body", "", NULL.format("body")),
    Damage("gold.model_impact", 5, "impact_score", "101", BETWEEN.format("impact_score")),
    Damage("gold.model_impact", 5, "downloads_attributed", "-1", BETWEEN.format("downloads_attributed")),
    Damage("gold.card_documentation", 0, "depth", "5", BETWEEN.format("depth")),
    Damage("gold.network_metrics", 1, "value", "", NULL.format("value")),
    Damage("gold.documentation_rates", 0, "section_class", "poetry", IN_SET.format("section_class")),
    Damage("bronze.crawl_runs", 0, "outcome", "perhaps", IN_SET.format("outcome")),
    Damage("bronze.cards", 0, "status", "99", BETWEEN.format("status")),
    Damage("bronze.listings", 0, "", "", "expect_compound_columns_to_be_unique(crawl_id, repo_type, page, position)"),
    Damage("gold.builds", 0, "state", "lost", IN_SET.format("state")),
    # checks on one table
    Damage("silver.card_sections", 2, "heading", "Here", "a heading is missing exactly at level 0"),
    Damage("silver.lineage_edges", 2, "is_self_loop", "yes", "is_self_loop is true exactly for an edge from a model to itself"),
    Damage("silver.model_history", 4, "is_current", "yes", "a removed model has no current row"),
    Damage("silver.model_history", 3, "valid_to", "2026-01-01", "a validity period begins before it ends"),
    Damage("silver.model_history", 0, "is_current", "no", "a row is current exactly if its period is open and the model is not removed"),
    Damage("silver.model_history", 1, "valid_to", "2026-01-05", "a validity period ends where the next one begins"),
    Damage("silver.model_history", 2, "changed", "", "a validity period lists what changed"),
    Damage("silver.model_history", 4, "changed", "new", "exactly one validity period of a model is new"),
    Damage("silver.card_sections", 1, "ordinal", "4", "the ordinals of a card have no gap"),
    Damage("gold.model_impact", 0, "pagerank", "0.9", "expect_column_sum_to_be_between(pagerank)"),
    Damage("gold.model_impact", 0, "pagerank_by_downloads", "0.9", "expect_column_sum_to_be_between(pagerank_by_downloads)"),
    Damage("gold.model_impact", 0, "descendants", "0", "expect_column_pair_values_a_to_be_greater_than_b(descendants, dependants)"),
    Damage(
        "gold.model_impact",
        1,
        "dependants_guessed",
        "3",
        "expect_column_pair_values_a_to_be_greater_than_b(dependants, dependants_guessed)",
    ),
    Damage("gold.model_lineage", 3, "component_id", "zz/none", "a component is named after a member"),
    Damage("gold.model_lineage", 2, "component_id", "b/far", "both ends of an edge are in one component"),
    Damage("gold.model_lineage", 0, "component_id", "a/child", "a component is named after its smallest member"),
    Damage("gold.model_lineage", 0, "generation", "3", "a root has generation 0, is not a leaf and is its own root"),
    Damage("gold.network_metrics", 1, "value", "1.5", "no metric is negative and no share is above one"),
    Damage("gold.documentation_rates", 0, "filled", "3", "filled is at most cards, and cards at most models"),
    Damage("gold.documentation_rates", 0, "filled_share", "0.95", "a share is inside its confidence interval"),
    Damage("gold.card_documentation", 0, "bias_own_words", "0", "a documented section has words of its own"),
    Damage("gold.card_documentation", 3, "depth", "2", "a model without a card documents nothing"),
    Damage("gold.dataset_documentation", 0, "sensitive_data_own_words", "0", "a documented section has words of its own"),
    Damage("gold.dataset_documentation", 1, "depth", "2", "a dataset without a card documents nothing"),
    Damage("silver.dataset_cards", 0, "hub_id", "d9", "every card belongs to a listed dataset"),
    Damage("silver.dataset_cards", 0, "content", "lfs_pointer", "text is present only where the content of the card is text"),
    Damage("gold.builds", 1, "version", "", "a published table has a version, and only a published one"),
    Damage("gold.builds", 0, "plan", "", "a staged table has a plan of the remaining steps, and only a staged one"),
    Damage("bronze.crawl_runs", 0, "finished_at", "2026-01-01T00:00:00", "a run finishes after it starts"),
    Damage("bronze.crawl_runs", 0, "started_at", "2999-01-01T00:00:00", "a run does not start in the future", "warning"),
    Damage("bronze.crawl_failures", 0, "url", "https://hub/a?token=hf_x", "no URL contains a credential"),
    Damage("bronze.cards", 0, "card_bytes", "10", "a complete card has as many bytes as announced"),
    Damage("bronze.cards", 0, "body", "", "a body is present exactly for status 200"),
    Damage("bronze.listings", 0, "body", "<html>", "an item is a JSON object", "warning"),
    Damage(
        "silver.model_licenses", 1, "resolved_by", "", "a resolved licence states how it was found, and an identifier resolves to itself"
    ),
    Damage("silver.license_catalogue", 0, "share_alike_accepts", "", "a licence that must be kept names what derivatives may have"),
    Damage("silver.license_catalogue", 1, "reading", "text", "the day on which a text was read is known exactly if it was read"),
    Damage("silver.license_catalogue", 1, "passes_on", "all", IN_SET.format("passes_on")),
    Damage("silver.model_datasets", 1, "dataset_status", "missing", "a dataset that is meant is known exactly if it is present or renamed"),
    Damage(
        "silver.model_datasets",
        2,
        "role",
        "eval",
        "a role other than unknown has evidence, and a dataset of the card is not only evaluated",
    ),
    Damage(
        "silver.model_datasets",
        3,
        "role",
        "tune",
        "a role other than unknown has evidence, and a dataset of the card is not only evaluated",
    ),
    Damage("silver.dataset_edges", 0, "parent_dataset", "d/more", "no dataset derives from itself"),
    Damage("silver.dataset_facts", 1, "generated_by", "gpt-4", "a dataset is synthetic exactly if a statement says so"),
    # checks across tables
    Damage("silver.model_datasets", 2, "resolved_id", "d/none", "a resolved dataset is listed"),
    Damage("silver.dataset_edges", 1, "parent_status", "present", "the derived dataset is listed, and a missing source is not"),
    Damage("silver.lineage_edges", 0, "child_id", "no/body", "the child of an edge is a listed model"),
    Damage("silver.lineage_edges", 0, "parent_id", "no/parent", "a parent that is not missing is a listed model"),
    Damage("silver.lineage_edges", 2, "parent_id", "c/y", "a missing parent is not a listed model"),
    Damage("silver.lineage_edges", 3, "is_relation_declared", "no", "no inferred relation exists next to a declared one"),
    Damage("silver.lineage_edges", 3, "parent_status", "missing", "a parent is either missing in all of its edges or in none"),
    Damage("silver.model_licenses", 0, "model_id", "no/body", "every model_id is a listed model"),
    Damage("silver.model_cards", 1, "hub_id", "h7", "every hub_id is a listed model"),
    Damage("silver.card_sections", 2, "model_id", "c/x", "every section belongs to a card"),
    Damage("silver.parsed_sections", 1, "model_id", "c/x", "every section belongs to a card"),
    Damage("silver.parsed_sections", 1, "sentence_kinds", "own", "every sentence has a kind, offsets and a digest entry"),
    Damage("silver.parsed_sections", 1, "sentence_ends", "3", "every sentence has a kind, offsets and a digest entry"),
    Damage("silver.parsed_sections", 0, "sentence_kinds", "poetry", "sentence kinds are known"),
    Damage("silver.parsed_sections", 1, "sentence_ends", "3, 9", "sentences are inside their section"),
    Damage("silver.model_metrics", 5, "hub_id", "h8", "every listed model has a row"),
    Damage("gold.model_impact", 0, "dependants", "2", "dependants sum to the number of distinct derivations"),
    Damage("gold.model_impact", 5, "model_id", "c/z", "every listed model has a row"),
    Damage("gold.model_impact", 4, "model_id", "a/base", "expect_column_values_to_be_unique(model_id)"),
    Damage("gold.model_lineage", 5, "model_id", "c/z", "every listed model has a row"),
    Damage("gold.card_documentation", 2, "model_id", "b/further", "every model_id is a listed model"),
    Damage("gold.network_metrics", 0, "value", "5", "nodes is the number of listed models"),
    Damage("gold.documentation_rates", 0, "models", "7", "the stratum 'all' contains all models"),
    Damage("gold.license_edges", 1, "verdict", "conflict", "a licence that is not declared is never in conflict"),
    Damage("gold.license_edges", 0, "transition", "same", "the transition agrees with what is declared"),
    Damage("gold.license_edges", 0, "verdict", "conflict", "MIT and Apache-2.0 are never in conflict"),
    Damage("gold.license_edges", 0, "", "", "there is a row for each edge between two listed models"),
    Damage("gold.license_edges", 2, "clause", "", NULL.format("clause")),
    Damage("gold.license_edges", 2, "clause", "rumour", IN_SET.format("clause")),
    Damage("gold.license_transitions", 0, "edges", "2", "transitions add up to the edges"),
    Damage("gold.license_transitions", 1, "edges_share_of_parent", "0.5", "the shares of a parent's licence add up to one"),
    Damage("gold.license_chains", 0, "path", "a/base, b/far", "a path ends at its model and has a licence for each model"),
    Damage("gold.license_chains", 1, "generation", "3", "a path ends at its model and has a licence for each model"),
    Damage("gold.license_chains", 0, "labels", "odd", "labels are known, and a study's labels need three models"),
    Damage(
        "gold.license_chains",
        1,
        "first_conflict_generation",
        "1",
        "the first conflict is on the path, and only there is the worst verdict a conflict",
    ),
    Damage("gold.license_propagation", 3, "same", "2", "counts are nested"),
    Damage("gold.license_propagation", 0, "edges", "3", "the relations add up to any"),
    Damage("gold.country_share", 0, "models_share", "0.4", "the shares of a stratum sum to one with the unknown"),
    Damage("gold.country_share", 1, "models", "5", "the stratum 'all' contains all models"),
    Damage("gold.country_share", 0, "downloads_by_origin", "20", "downloads by origin are those by publisher, divided otherwise"),
    Damage("gold.country_share", 1, "country", "France", "a country is a code with a region, or the reason why there is none"),
    Damage(
        "gold.concentration",
        0,
        "hhi",
        "0.4",
        "the index is between that of equal units and that of a single one, and null without units",
    ),
    Damage("gold.concentration", 0, "top_10_share", "0.4", "the largest unit has at most what the ten largest have"),
    Damage("gold.institution_impact", 0, "namespaces", "a, b", "every namespace is one that the institution controls"),
    Damage("gold.institution_impact", 0, "lineage_h_index", "2", "the h-index is at most the number of models and of dependants"),
    Damage("gold.license_adoption", 1, "models", "5", "models are at most known, and a share is inside its interval"),
    Damage("gold.license_adoption", 0, "adjusted_ratio", "5", "a ratio is inside its interval"),
    Damage("gold.dataset_influence", 0, "models_reached", "1", "a dataset reaches at least the models that declare it"),
    Damage("gold.dataset_influence", 1, "downloads_attributed", "900", "attributed downloads are at most all downloads"),
    Damage("gold.dataset_influence", 1, "rank", "1", "ranks run from one without a gap"),
    Damage("gold.dataset_influence", 0, "merge_share", "0.5", "the shares of the relations add up to one, or there is none"),
    Damage("gold.dataset_licenses", 0, "verdict", "conflict", "there is no verdict on the licence of a dataset"),
    Damage("gold.training_disclosure", 1, "resolved", "2", "the groups of a stratum are disjoint, and resolved is part of with_dataset"),
    Damage("gold.training_disclosure", 0, "models", "7", "the stratum 'all' contains all models"),
    Damage("gold.training_disclosure", 2, "stratum", "country:France", OF_COUNTRY),
    Damage("gold.license_adoption", 2, "country_coverage_share", "", OF_COUNTRY),
    Damage("gold.training_disclosure", 2, "models", "6", "every model is in one stratum of countries"),
    Damage("gold.license_adoption", 3, "models", "3", "every model is in one stratum of countries"),
    # known false signals of the Hub
    Damage("silver.models", 2, "created_at", "2021-01-01T00:00:00", "no model was created before the floor date"),
    Damage("silver.models", 3, "is_created_at_floor", "no", "is_created_at_floor is true exactly at the floor date"),
    Damage("silver.models", 5, "created_at", "2026-06-01T00:00:00", "no model was created after its snapshot", "warning"),
    Damage("silver.models", 2, "author", "x", "the author is the part of the name before the slash"),
    Damage("silver.models", 0, "parameters", "", "a parameter count has a source"),
    Damage("silver.model_licenses", 0, "license", "License:MIT", "a licence is trimmed, in lower case and without the tag prefix"),
    Damage("silver.model_datasets", 0, "is_placeholder", "no", "placeholders are flagged"),
    Damage("silver.lineage_edges", 2, "parent_id", "None", "the name of a parent has the form of a model name"),
    Damage("silver.model_cards", 0, "text", "nan", "few cards consist of a missing value written as text", "warning"),
    Damage("silver.model_cards", 1, "text", "Entry not found", "few cards are error pages", "warning"),
    Damage("silver.model_cards", 0, "stated_parents", "a/b", "each stated parent has a relation or null"),
    Damage("silver.model_cards", 0, "content", "lfs_pointer", "text is present only where the content of the card is text"),
    Damage("silver.card_sections", 1, "text", "[More Information Needed]", "the placeholder of the template is flagged"),
    Damage("silver.quarantine", 0, "reason", "because", "a reason begins with its rule"),
    Damage("silver.model_metrics", 0, "has_fallen", "yes", "few download counts fall", "warning"),
    Damage("silver.model_metrics", 0, "glitches", "fell_to_zero", "few 30-day download counts fall to zero", "warning"),
    Damage("silver.models", 0, "tags", "arxiv:1910.09700", "the arXiv id of the card template is rare", "warning"),
    *facet_damages.DAMAGES,
    *technique_damages.DAMAGES,
    *time_damages.DAMAGES,
    *vendor_damages.DAMAGES,
]
