"""Damages of the tables of vendors and contributors."""

from tests.expectations.damage import Damage

CLEAN = {
    "silver.model_names": """
        snapshot_date | model_id | brand | series | origin_in_name | formats | is_quantised | is_vendor_own | method  | confidence
        2026-01-02    | a/base   | base  | base-2 |               |         | no           | yes           | pattern | 0.8
        2026-01-02    | a/child  | base  | base-2 | llama-3       | gguf    | yes          | yes           | pattern | 0.8
        2026-01-02    | b/far    | llama | llama-3| llama-3       | gguf    | yes          | no            | curated | 0.9
        2026-01-02    | gpt2     | gpt2  | gpt2   | gpt2          |         | no           | no            | curated | 0.9
        2026-01-02    | c/x      |       |        |               |         | no           | no            | none    | 0
        2026-01-02    | c/y      |       |        |               |         | no           | no            | none    | 0""",
    "gold.contributor_impact": """
        snapshot_date | author | models | dependants | dependants_guessed | lineage_h_index | downloads_own | downloads_attributed | originality_share | likes | releases | downloads_per_release | built_on_share | likes_part | release_part | tenure_part | built_on_part | reputation_score
        2026-01-02    | a      | 2      | 1          | 0                  | 1               | 15            | 17                   | 1                 | 1     | 1        | 15                    | 0.5            | 1          | 1            | 1           | 0.1           | 64
        2026-01-02    | b      | 1      | 0          | 0                  | 0               | 2             | 2                    | 0                 | 0     | 0        |                       | 0              | 0          | 0            | 0           | 0             | 0
        2026-01-02    | c      | 2      | 0          | 0                  | 0               | 2             | 2                    | 1                 | 0     | 2        | 1                     | 0              | 0          | 0            | 0           | 0             | 0""",
    "gold.model_series": """
        snapshot_date | model_id | vendor | brand | series | created_at          | released_at         | has_curated_date | is_copy | is_release | origin_series | origin_source
        2026-01-02    | a/base   | A Inc  | base  | base-2 | 2024-01-01T00:00:00 | 2024-01-01T00:00:00 | no               | no      | yes        | base-2        | own
        2026-01-02    | a/child  | A Inc  | base  | base-3 | 2024-02-01T00:00:00 | 2024-02-01T00:00:00 | no               | no      | yes        | base-2        | lineage
        2026-01-02    | b/far    | b      |       |        | 2024-03-01T00:00:00 | 2024-03-01T00:00:00 | no               | yes     | no         | base-2        | lineage
        2026-01-02    | gpt2     |        |       |        |                     | 2019-02-14T00:00:00 | yes              | no      | yes        | gpt2          | name
        2026-01-02    | c/x      | c      |       |        | 2024-04-01T00:00:00 | 2024-04-01T00:00:00 | no               | no      | yes        |               | none
        2026-01-02    | c/y      | c      |       |        | 2024-04-01T00:00:00 | 2024-04-01T00:00:00 | no               | no      | yes        |               | none""",
    "gold.vendor_series": """
        snapshot_date | vendor | series | brand | method  | first_at            | last_at             | models | copies | successor_series | descendants | descendants_by_others | downloads_30d
        2026-01-02    | A Inc  | base-2 | base  | pattern | 2024-01-01T00:00:00 | 2024-01-01T00:00:00 | 1      | 0      | base-3           | 2           | 1                     | 10
        2026-01-02    | A Inc  | base-3 | base  | pattern | 2024-02-01T00:00:00 | 2024-02-01T00:00:00 | 1      | 0      |                  | 1           | 1                     | 5""",
    "gold.series_succession": """
        snapshot_date | vendor | series | next_series | brand | days_between | derivatives_before | derivatives_after | derivatives_of_next | moved_share | is_window_complete
        2026-01-02    | A Inc  | base-2 | base-3      | base  | 31           | 0                  | 0                 | 1                   | 1           | yes""",
    "gold.release_cadence": """
        snapshot_date | vendor | series | releases | first_at            | last_at             | median_days_between | iqr_days_between | longest_days_between | releases_12m | is_dormant | own_copies_same_day_share | curated_dates
        2026-01-02    | A Inc  | ''     | 2        | 2024-01-01T00:00:00 | 2024-02-01T00:00:00 | 31                  | 0                | 31                   | 2            | no         | 0                         | 0
        2026-01-02    | A Inc  | base-2 | 1        | 2024-01-01T00:00:00 | 2024-01-01T00:00:00 |                     |                  |                      | 1            | no         | 0                         | 0
        2026-01-02    | c      | ''     | 1        | 2024-04-01T00:00:00 | 2024-04-01T00:00:00 |                     |                  |                      | 1            | no         | 0                         | 0""",
    "gold.vendor_profile": """
        snapshot_date | vendor | accounts | kind    | country | models | releases | releases_12m | released_series | open_license_share | license_coverage_share | models_from_others | models_by_others | ecosystem | downloads_30d
        2026-01-02    | A Inc  | a        | company | FI      | 2      | 2        | 2            | 2      | 0.5                | 0.5                    | 0                  | 1                | 3         | 15
        2026-01-02    | c      | c        | person  |         | 2      | 1        | 1            | 0      | 0                  | 0                      | 0                  | 0                | 0         | 2""",
    "gold.bom_completeness": """
        snapshot_date | model_id | fields_applicable | fields_present | completeness_share | identity_share | license_share | model_share | provenance_share | considerations_share | missing_fields
        2026-01-02    | a/base   | 2                 | 2              | 1                  | 1              | 1             | 1           | 1                | 1                    |
        2026-01-02    | a/child  | 2                 | 1              | 0.5                | 1              | 1             | 1           | 1                | 1                    | task
        2026-01-02    | b/far    | 2                 | 1              | 0.5                | 1              | 1             | 1           | 1                | 1                    | task
        2026-01-02    | gpt2     | 2                 | 1              | 0.5                | 1              | 1             | 1           | 1                | 1                    | task
        2026-01-02    | c/x      | 2                 | 1              | 0.5                | 1              | 1             | 1           | 1                | 1                    | task
        2026-01-02    | c/y      | 2                 | 1              | 0.5                | 1              | 1             | 1           | 1                | 1                    | task""",
}

DAMAGES = [
    Damage("silver.model_names", 0, "brand", "", "a series has a brand and a method, and they have a series"),
    Damage("silver.model_names", 1, "brand", "llama", "a series contains the brand"),
    Damage("silver.model_names", 3, "is_vendor_own", "yes", "an own series is known, and is not the series of another vendor"),
    Damage("silver.model_names", 2, "formats", "", "what is quantised has a format"),
    Damage("gold.model_series", 0, "brand", "", "a series has a brand, and only a series"),
    Damage("gold.model_series", 2, "is_release", "yes", "no copy is a release"),
    Damage("gold.model_series", 4, "origin_source", "name", "an origin has a source, and only an origin"),
    Damage("gold.model_series", 3, "has_curated_date", "no", "a release has the day of its repository unless a day is curated"),
    Damage(
        "gold.vendor_series", 1, "copies", "2", "copies and descendants by others are parts of a whole, and a series ends after it begins"
    ),
    Damage("gold.vendor_series", 0, "successor_series", "base-9", "a successor is a later series of the same brand"),
    Damage(
        "gold.series_succession",
        0,
        "is_window_complete",
        "no",
        "the share that moved is that of the counts, and null until the 90 days are over",
    ),
    Damage("gold.series_succession", 0, "next_series", "base-2", "no series follows itself"),
    Damage("gold.release_cadence", 1, "median_days_between", "3", "there is a time between releases exactly if there are two"),
    Damage("gold.release_cadence", 0, "releases_12m", "3", "releases are in their period, and the median is at most the longest time"),
    Damage("gold.release_cadence", 2, "series", "x-1", "the series of a vendor have at most the vendor's releases"),
    Damage("gold.vendor_profile", 1, "country", "FI", "no person has a country"),
    Damage("gold.vendor_profile", 0, "releases_12m", "3", "releases are models, and what is open declares a licence"),
    Damage("gold.bom_completeness", 0, "fields_present", "1", "what applies is present or missing"),
    Damage("gold.bom_completeness", 1, "completeness_share", "0.9", "the share is that of the counts"),
    Damage("gold.bom_completeness", 1, "missing_fields", "ancestors", "ancestors are missing only where a parent is known"),
    Damage("gold.bom_completeness", 5, "model_id", "c/z", "every listed model has a row"),
    Damage("gold.contributor_impact", 1, "built_on_share", "0.5", "an author has dependants exactly if some of its models are built on"),
    Damage("gold.contributor_impact", 2, "releases", "3", "releases and the lineage h-index are at most the models"),
    Damage("gold.contributor_impact", 0, "built_on_part", "0.6", "the lower end of the interval is below the share"),
    Damage("gold.model_series", 5, "model_id", "c/z", "every listed model has a row"),
    Damage("gold.vendor_series", 0, "models", "2", "a series has the models that gold.model_series has"),
    Damage("gold.vendor_profile", 1, "models", "9", "the models of all vendors are the models with an author"),
    Damage("silver.model_names", 5, "model_id", "c/z", "every listed model has a row"),
]
