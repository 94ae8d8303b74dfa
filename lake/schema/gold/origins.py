"""Countries and institutions: their shares of models and downloads, how concentrated these are, and what others build on them."""

from hublake.lake.enums import CONCENTRATION_MEASURES, CONCENTRATION_UNITS, ORGANISATION_KINDS, REGIONS
from hublake.lake.schema.columns import BY_SNAPSHOT, SNAPSHOT_DATE, count, share
from hublake.lake.schema.declaration import Column, Table

DOWNLOADS_BY_ORIGIN = Column(
    "downloads_by_origin",
    "double",
    "Downloads of 30 days of the models whose roots it publishes, each model's split evenly over its roots",
    required=True,
    at_least=0,
)

COUNTRY_SHARE = Table(
    "country_share",
    layer="gold",
    comment="Models and downloads by country of the publisher and of the publisher of the root; with what is unknown they sum to one",
    grain="one row per country and stratum",
    key=("snapshot_date", "country", "stratum"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("country", "string", "ISO 3166-1 code; `international`, `person` or `unknown` where there is none", required=True),
        Column("region", "string", "Region of the country", values=REGIONS),
        Column("stratum", "string", "Group of models, such as all or year:2024 (docs/method/origins.md)", required=True),
        count("models", "Models of its publishers"),
        count("downloads_by_publisher", "Downloads of 30 days of these models"),
        DOWNLOADS_BY_ORIGIN,
        count("likes", "Likes of these models"),
        count("dependants", "Direct children of these models, by any author; a child of two of them counts twice"),
        share("models_share", "models divided by those of the stratum"),
        share("downloads_by_publisher_share", "The same of downloads_by_publisher; null if the stratum has none", required=False),
        share("downloads_by_origin_share", "The same of downloads_by_origin; null if the stratum has none", required=False),
        share("without_top_model_share", "downloads_by_publisher_share without the most downloaded model of the stratum", required=False),
        share("coverage_share", "Part of the stratum's models whose publisher's country is known; the same in each row of the stratum"),
        share("downloads_coverage_share", "Part of the downloads by publisher whose country is known, likewise", required=False),
        share("origin_coverage_share", "Part of the downloads by origin whose country is known, likewise", required=False),
        share("organisation_coverage_share", "downloads_coverage_share of the publishers that are not known as persons", required=False),
        share("published_share", "The share of downloads as published by others; null if nobody has", required=False),
        Column("published_date", "date", "Last day of the published data"),
        Column("published_denominator", "string", "What the published share is a share of"),
        Column("published_source", "string", "Publication"),
    ),
)

CONCENTRATION = Table(
    "concentration",
    layer="gold",
    comment="How concentrated models and downloads are in few countries, institutions, kinds of publishers or publishers",
    grain="one row per unit, measure and stratum",
    key=("snapshot_date", "unit", "measure", "stratum"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("unit", "string", "What the models are grouped by", required=True, values=CONCENTRATION_UNITS),
        Column("measure", "string", "What is divided among the units", required=True, values=CONCENTRATION_MEASURES),
        Column("stratum", "string", "All models, or those created in a year", required=True),
        count("units", "Units with more than nothing"),
        Column("total", "double", "Sum of the measure over the known units", required=True, at_least=0),
        share("coverage_share", "total divided by the measure of all models of the stratum"),
        share("hhi", "Herfindahl-Hirschman index: sum of squared shares of total", required=False),
        share("gini", "Gini coefficient of the units", required=False),
        share("top_1_share", "Part of total of the largest unit", required=False),
        share("top_10_share", "Part of total of the ten largest units", required=False),
        share("hhi_without_top_model", "hhi without the most downloaded model of the stratum", required=False),
        share("top_1_without_top_model_share", "top_1_share without it", required=False),
    ),
)

INSTITUTION_IMPACT = Table(
    "institution_impact",
    layer="gold",
    comment="How much others build on the models of an institution, over all its namespaces; impact is not quality",
    grain="one row per institution",
    key=("snapshot_date", "institution"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("institution", "string", "silver.organisations.institution", required=True),
        Column("kind", "string", "Kind of most of its namespaces", required=True, values=ORGANISATION_KINDS),
        Column("country", "string", "Country of most of its namespaces; null if none is known"),
        Column("namespaces", "array<string>", "Its namespaces that own a listed model", required=True),
        count("models", "Models of these namespaces"),
        count("dependants", "Distinct models of other publishers that derive directly from one of them"),
        count("dependants_guessed", "Of these, models that do so by evidence in_name or bare_tag alone, which nobody declared"),
        count("lineage_h_index", "Largest h for which h of the models have at least h dependants by other publishers"),
        count("downloads_by_publisher", "Downloads of 30 days of the models"),
        DOWNLOADS_BY_ORIGIN,
    ),
)
