"""What vendors release, in which series, and how they build on one another's models."""

from hublake.lake.enums import BOM_FIELDS, NAME_METHODS, ORIGIN_SERIES_SOURCES, RELATIONS
from hublake.lake.schema.columns import BY_SNAPSHOT, MODEL_ID, SNAPSHOT_DATE, count, flag, share
from hublake.lake.schema.declaration import Column, Table

VENDOR_FLOW = Table(
    "vendor_flow",
    layer="gold",
    comment="Which authors build on which, by relation, including an author's own models",
    grain="one row per child author, parent author and relation",
    key=("snapshot_date", "child_author", "parent_author", "relation"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("child_author", "string", "Author of the derived models; empty for canonical names", required=True),
        Column("parent_author", "string", "Author of the models derived from; empty for canonical names", required=True),
        Column("relation", "string", "Relation of child to parent", required=True, values=RELATIONS),
        count("models", "Distinct derived models"),
        count("models_guessed", "Of these, models that derive from the author's by evidence in_name or bare_tag alone"),
        count("parents", "Distinct models derived from"),
        count("downloads_30d", "Downloads of 30 days of the derived models"),
    ),
)

VENDOR = Column("vendor", "string", "Institution of the author (silver.organisations), else the author", required=True)
SERIES = Column("series", "string", "Product line with its version, as in silver.model_names", required=True)

MODEL_SERIES = Table(
    "model_series",
    layer="gold",
    comment="Who released a model when, in which series, and from which series it descends",
    grain="one row per model",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    has_every_model=True,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("vendor", "string", "Institution of the author (silver.organisations), else the author; null for canonical names"),
        Column("brand", "string", "Product line of the series; null if the series is not the vendor's own"),
        Column("series", "string", "The vendor's own series; null if the name has none or another vendor's"),
        Column("created_at", "timestamp", "Creation of the repository (UTC); null at the Hub's floor"),
        Column("released_at", "timestamp", "Public release by conf/release_dates.csv, else created_at; null at the Hub's floor"),
        flag("has_curated_date", "Whether released_at is from conf/release_dates.csv"),
        flag("is_copy", "Whether it is a copy in another format, by its name or a quantized edge"),
        flag("is_release", "Whether it is a vendor's new work: no copy, and derived from no other model of its vendor in the same series"),
        Column("origin_series", "array<string>", "Series of the topmost ancestors; several for a merge, empty if unknown", required=True),
        Column("origin_source", "string", "How origin_series was found", required=True, values=ORIGIN_SERIES_SOURCES),
    ),
)

VENDOR_SERIES = Table(
    "vendor_series",
    layer="gold",
    comment="The series that vendors released, and what others made of them; copies by the vendor itself count as models, not as releases",
    grain="one row per vendor and series of a known line, of two models or more, or on which others build",
    key=("snapshot_date", "vendor", "series"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        VENDOR,
        SERIES,
        Column("brand", "string", "Product line of the series", required=True),
        Column("method", "string", "How the series was found in the names", required=True, values=NAME_METHODS),
        Column("first_at", "timestamp", "Release of its first model; null if it has a model of the Hub's floor, whose day is unknown"),
        Column("last_at", "timestamp", "Release of its last model"),
        count("models", "Models of the vendor in the series"),
        count("copies", "Of these, copies in another format"),
        Column("variant", "array<string>", "Variants in the names of the models", required=True),
        Column("sizes", "array<string>", "Sizes as the names write them", required=True),
        Column("successor_series", "string", "Next series of the same vendor and brand by first_at"),
        Column("licenses", "array<string>", "Licences of the models, as comparable_license", required=True),
        count("descendants", "Distinct models outside of the series that descend from it, at any depth"),
        count("descendants_by_others", "Of these, models of other vendors"),
        count("downloads_30d", "Downloads of 30 days of the models"),
        Column(
            "first_other_derivative_days",
            "long",
            "Whole days from first_at to the first direct derivative by another vendor; null if there is none, or no first_at",
            unit="days",
            at_least=0,
        ),
        share("quantised_by_others_share", "Part of the models that are no copies which another vendor quantised", required=False),
    ),
)

SERIES_SUCCESSION = Table(
    "series_succession",
    layer="gold",
    comment="How soon a vendor's series is followed by the next one of the same brand, and how soon other vendors move to it",
    grain="one row per series with a successor",
    key=("snapshot_date", "vendor", "series"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        VENDOR,
        SERIES,
        Column("next_series", "string", "The successor", required=True),
        Column("brand", "string", "Their product line", required=True),
        Column(
            "days_between",
            "double",
            "Days from its first release to that of the next",
            unit="days",
            required=True,
            at_least=0,
        ),
        count("derivatives_before", "Direct derivatives of the series by other vendors in the 90 days before the next one"),
        count("derivatives_after", "Direct derivatives of the series by other vendors in the 90 days from the next one's first release"),
        count("derivatives_of_next", "Direct derivatives of the next series by other vendors in the same 90 days"),
        share("moved_share", "derivatives_of_next in both; null if there is no derivative or the 90 days are not over", required=False),
        flag("is_window_complete", "Whether the newest model is at least 90 days younger than the next series"),
    ),
)

RELEASE_CADENCE = Table(
    "release_cadence",
    layer="gold",
    comment="How often vendors release: models of one series on one day are one release, copies in other formats are none",
    grain="one row per vendor, and per vendor and series of gold.vendor_series",
    key=("snapshot_date", "vendor", "series"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        VENDOR,
        Column("series", "string", "Product line with its version; empty: all of the vendor's", required=True),
        Column("releases", "long", "Releases with a known day", required=True, at_least=1),
        Column("first_at", "timestamp", "First release (UTC)", required=True),
        Column("last_at", "timestamp", "Last release (UTC)", required=True),
        Column("median_days_between", "double", "Median of the days between consecutive releases; null with one", at_least=0),
        Column("iqr_days_between", "double", "Interquartile range of the days between consecutive releases", unit="days", at_least=0),
        Column("longest_days_between", "long", "Longest time between consecutive releases", unit="days", at_least=0),
        count("releases_12m", "Releases in the 365 days up to the newest model of the Hub"),
        flag("is_dormant", "Whether the last release is more than twice the longest time between releases ago"),
        share("own_copies_same_day_share", "Part of the releases of a series with a copy of the vendor's own on the same day"),
        count("curated_dates", "Releases whose day is from conf/release_dates.csv"),
        Column("median_days_created", "double", "median_days_between by the creation of the repositories alone", unit="days", at_least=0),
    ),
)

VENDOR_PROFILE = Table(
    "vendor_profile",
    layer="gold",
    comment="What a vendor releases, under which terms, and how it exchanges models with others",
    grain="one row per vendor with a release",
    key=("snapshot_date", "vendor"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        VENDOR,
        Column("accounts", "array<string>", "Authors of its models", required=True),
        Column("kind", "string", "Kind of the institution (silver.organisations); the most frequent of its accounts"),
        Column("country", "string", "Country of the headquarters; null for persons and if it is not known"),
        count("models", "Models of its accounts"),
        count("releases", "Releases with a known day; those of the Hub's floor have none"),
        count("releases_12m", "Releases in the 365 days up to the newest model of the Hub"),
        Column("median_days_between", "double", "Median of the days between releases", at_least=0),
        count("released_series", "Series in gold.vendor_series"),
        Column("latest_series", "array<string>", "The five newest of them, newest first", required=True),
        Column("licenses_by_year", "array<string>", "Licences of its releases: year, licence, number of models", required=True),
        share("open_license_share", "Part of its releases with a licence under a permissive or copyleft software licence", required=False),
        share("license_coverage_share", "Part of its releases that declare a licence", required=False),
        share("gated_share", "Part of its releases with gated access", required=False),
        share("own_reuse_share", "Part of the direct derivatives of its models that are its own; null if there is none", required=False),
        count("models_from_others", "Its models that derive directly from another vendor's"),
        count("models_by_others", "Models of other vendors that derive directly from one of its"),
        count("ecosystem", "Distinct models in families whose root is one of its models"),
        count("downloads_30d", "Downloads of 30 days of its models"),
    ),
)

BOM_COMPLETENESS = Table(
    "bom_completeness",
    layer="gold",
    comment="How much of a bill of materials (hublake bom) each model's publisher has declared; completeness is not correctness",
    grain="one row per model",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    has_every_model=True,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        count("fields_applicable", "Fields that apply; ancestors only to models with a parent, declared or guessed"),
        count("fields_present", "Fields that the model's metadata or card states"),
        share("completeness_share", "fields_present divided by fields_applicable"),
        *(
            share(f"{section}_share", f"The same of {', '.join(fields)}".replace("_", " "), required=section != "provenance")
            for section, fields in BOM_FIELDS.items()
        ),
        Column("missing_fields", "array<string>", "Applicable fields that are not stated", required=True),
    ),
)
