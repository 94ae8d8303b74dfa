"""How soon others build on a model, how the Hub grows, and how long families and popularity last."""

from hublake.lake.enums import (
    AUTHOR_KINDS,
    CENSORINGS,
    DERIVED_BY,
    LICENSE_CLASSES,
    POPULARITY,
    RELATIONS,
    SURVIVAL_EVENTS,
    SURVIVAL_EXCLUSIONS,
)
from hublake.lake.schema.columns import BY_SNAPSHOT, HUB_ID, MODEL_ID, SNAPSHOT_DATE, count, flag, share
from hublake.lake.schema.declaration import Column, Table

RELATION_OR_ANY = Column(
    "relation", "string", "Relation of the derivatives to the model; any: all relations", required=True, values=(*RELATIONS, "any")
)
BY = Column(
    "derived_by", "string", "Whose derivatives count: the model's author's own, those of others, any", required=True, values=DERIVED_BY
)
EVENT = Column("event", "string", "What may happen; docs/method/timeline.md explains each", required=True, values=SURVIVAL_EVENTS)
STRATUM = Column("stratum", "string", "Group of models, such as all or year:2024 (docs/method/timeline.md)", required=True)


def days(name: str, comment: str, *, required: bool = False) -> Column:
    """Declare a duration in days, with fractions, never below zero."""
    return Column(name, "double", comment, unit="days", required=required, at_least=0)


TIME_TO_DERIVATIVE = Table(
    "time_to_derivative",
    layer="gold",
    comment=(
        "How long it takes until somebody derives from a model, by relation and by whom, with models that nobody has derived from yet."
        " Never average days alone: most are null because nothing has come yet; gold.survival_curves has the estimates"
    ),
    grain=(
        "one row per model, relation and derived_by; a model without any derivative has one row, with any and any, that counts for"
        " every relation and derived_by"
    ),
    key=("snapshot_date", "model_id", "relation", "derived_by"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("model_id", "string", "Current name of the model; the last one of a model that was removed", required=True),
        RELATION_OR_ANY,
        BY,
        days("days", "From the creation of the model to that of its first declared derivative; null if none has come yet"),
        flag("is_censored", "Whether the model was observed and none has come yet; false if exclusion is set"),
        Column("censored_by", "string", "What ended the observation, if is_censored", values=CENSORINGS),
        days("observed_days", "From the creation of the model to the end of its observation; null if exclusion is set"),
        Column("first_child_id", "string", "model_id of that derivative; the first by name of several created in the same second"),
        days("days_with_guesses", "As days, with derivatives whose parent nobody declared (evidence in_name or bare_tag)"),
        count("older_derivatives", "Declared derivatives that are left out because they were created before the model"),
        Column("exclusion", "string", "Why the model is left out of all figures; null if it is in", values=SURVIVAL_EXCLUSIONS),
        Column("size_class", "string", "Class of silver.models.parameters", required=True),
        Column(
            "license_class", "string", "Family of the declared licence in silver.license_catalogue", required=True, values=LICENSE_CLASSES
        ),
        Column("author_kind", "string", "Kind of the author's account", required=True, values=AUTHOR_KINDS),
        Column(
            "popularity",
            "string",
            "Quartile of downloads among models created in the same month; null without that number",
            values=POPULARITY,
        ),
        Column("created_month", "string", "Month of creation, YYYY-MM; null if exclusion is set"),
        flag("is_root", "Whether the model declares no parent"),
        flag("is_notable", "Whether the model has at least 10 likes"),
    ),
)

SURVIVAL_CURVES = Table(
    "survival_curves",
    layer="gold",
    comment=(
        "Kaplan-Meier curves: the share to which an event has not happened after so many days, with 95 % bands. A row describes the time"
        " after the row before, up to its day"
    ),
    grain="one row per event, relation, derived_by, stratum and day: at most 400 days on which a curve falls, and days 1, 7, 30 to 730",
    key=("snapshot_date", "event", "relation", "derived_by", "stratum", "day"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        EVENT,
        RELATION_OR_ANY,
        BY,
        STRATUM,
        days("day", "Days since the beginning: creation of the model or root, or the peak of its downloads", required=True),
        count("at_risk", "Models under observation to which the event had not happened before this time"),
        count("events", "Events in this time"),
        count("censored", "Models whose observation ended in this time without the event"),
        share("survival", "Estimated share without the event after the day"),
        share("survival_low", "Lower end of its 95 % band"),
        share("survival_high", "Upper end"),
        Column("variance", "double", "Greenwood's variance of survival", required=True, at_least=0),
    ),
)

SURVIVAL_TESTS = Table(
    "survival_tests",
    layer="gold",
    comment="Whether an event comes sooner in some groups of models than in others: log-rank tests and restricted means",
    grain="one row per event, relation, derived_by and stratum, against all other strata of its kind together and against each of them",
    key=("snapshot_date", "event", "relation", "derived_by", "stratum", "against"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        EVENT,
        RELATION_OR_ANY,
        BY,
        Column("stratum_kind", "string", "Kind of the strata compared, such as year", required=True),
        STRATUM,
        Column("against", "string", "The other stratum; all: every stratum of the kind in one test", required=True),
        count("models", "Models of the stratum"),
        count("events", "Events in the stratum"),
        Column("expected_events", "double", "Events expected in the stratum if no compared stratum differed", required=True, at_least=0),
        count("groups", "Strata compared"),
        Column("chi_squared", "double", "Statistic of the log-rank test", required=True, at_least=0),
        count("degrees", "Its degrees of freedom"),
        Column("p_value", "double", "Probability of such a difference by chance", required=True, at_least=0, at_most=1),
        Column(
            "p_value_adjusted",
            "double",
            "Hochberg's correction of p_value for all pairs of the kind; null against all",
            at_least=0,
            at_most=1,
        ),
        days("median_days", "Days after which half of the stratum has had the event; null if the curve does not fall that far"),
        days("median_days_low", "Lower end of its 95 % band; null if the band does not fall that far"),
        days("median_days_high", "Upper end, likewise"),
        days("restricted_mean_365", "Mean days without the event within the first 365; null if nobody was observed that long"),
        Column(
            "restricted_mean_difference", "double", "restricted_mean_365 minus that of the other stratum; null against all", unit="days"
        ),
        Column("restricted_mean_difference_low", "double", "Lower end of its 95 % interval", unit="days"),
        Column("restricted_mean_difference_high", "double", "Upper end", unit="days"),
    ),
)

MONTHLY_GROWTH = Table(
    "monthly_growth",
    layer="gold",
    comment="How the number of models grows by month, without models of the Hub's floor date among the new ones",
    grain="one row per month and stratum, without gaps from the first month of the stratum to that of the newest model or removal",
    key=("snapshot_date", "month", "stratum"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("month", "string", "Month (UTC), YYYY-MM", required=True),
        STRATUM,
        count("new_models", "Listed models created in the month"),
        count("new_organisation_models", "Of these, models of accounts known to be organisations"),
        count("new_authors", "Authors whose first listed model of the stratum was created in the month"),
        count(
            "removed",
            "Models that were found removed in the month; null for strata that removed models are not assigned to",
            required=False,
        ),
        count("cumulative", "Listed models of the stratum created up to the end of the month, older ones with the floor date included"),
        share("growth_share", "new_models divided by cumulative; null if that is 0", required=False),
        *(count(f"edges_{name}", f"Declared {name} edges from new models to listed ones") for name in RELATIONS),
    ),
)

FAMILY_LIFESPANS = Table(
    "family_lifespans",
    layer="gold",
    comment="How long others go on deriving from a root and its descendants",
    grain="one row per family of gold.families whose root has a known time of creation",
    key=("snapshot_date", "root_id"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("root_id", "string", "model_id of the topmost model", required=True),
        Column("birth_at", "timestamp", "When the root was created (UTC)", required=True),
        count("members_by_others", "Descendants by other authors, created after the root"),
        Column("last_member_at", "timestamp", "When the last of these was created; null if there is none"),
        count("active_months", "Months with at least one of these"),
        days("lifespan_days", "From birth_at to last_member_at; 0 without members by others", required=True),
        flag("is_censored", "Whether the family may still be alive: the last 180 days had a member by others, or the birth"),
        *(
            days(
                f"silent_{silence}_days",
                f"From birth_at to the end of the first {silence} days without a member by others; null if not yet",
            )
            for silence in (90, 180, 365)
        ),
        days("observed_days", "From birth_at to the end of the observation", required=True),
        count(
            "months_to_half",
            "Months from birth to the one in which half of the members by others had come; null if younger than 365 days",
            required=False,
        ),
        count("months_to_90_percent", "The same for 90 %: obsolescence", required=False),
        Column("peak_month", "string", "Month with most members by others, YYYY-MM, the first of several; null if there is none"),
    ),
)

POPULARITY_TRENDS = Table(
    "popularity_trends",
    layer="gold",
    comment="How the downloads of a model develop over our own snapshots; the Hub keeps no history of them",
    grain="one row per model with counts in two snapshots or more",
    key=("snapshot_date", "hub_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        HUB_ID,
        MODEL_ID,
        count("snapshots", "Snapshots with plausible counts of the model, this one included"),
        Column(
            "growth_7d", "double", "ln((a + 1) / (b + 1)) of downloads_all_time now and 7 days ago; null without a snapshot of about then"
        ),
        Column("growth_30d", "double", "The same over 30 days"),
        count("downloads_7d", "Growth of downloads_all_time in the last 7 days; null without a snapshot of about then", required=False),
        count("peak_downloads_30d", "Highest downloads_30d in plausible snapshots", required=False),
        days("days_since_peak", "Days from the first snapshot with it to this one"),
        days("half_life_days", "Days from the peak to the first snapshot after it with at most half; null if there is none yet"),
        flag("is_censored", "Whether there was a peak and downloads_30d have not fallen to half since"),
        count("glitch_snapshots", "Snapshots left out because of silver.model_metrics.glitches or has_fallen"),
        Column(
            "first_metrics_date", "date", "Day of the first snapshot with counts of the model; earlier peaks are unknown", required=True
        ),
    ),
)
