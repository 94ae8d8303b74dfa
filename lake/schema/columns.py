"""Columns that have the same meaning in every table."""

from hublake.lake.enums import SOURCES
from hublake.lake.schema.declaration import Column

BY_SNAPSHOT = ("snapshot_date",)  # partitioning of tables whose rows of a day are replaced at once
SNAPSHOT_DATE = Column("snapshot_date", "date", "Day (UTC) of the listing crawl that the row describes", required=True)
CRAWL_ID = Column("crawl_id", "string", "Crawl of a spider; all its runs and shards share the id", required=True)
REPO_TYPE = Column("repo_type", "string", "Kind of repository", required=True, values=("model", "dataset", "space"))
FETCHED_AT = Column("fetched_at", "timestamp", "When the response arrived (UTC)", required=True)
HUB_ID = Column("hub_id", "string", "The Hub's own `_id` of the repository; survives renames", required=True)
DATASET_ID = Column("dataset_id", "string", "Current name of the dataset, owner/name (canonical datasets have no owner)", required=True)
MODEL_ID = Column("model_id", "string", "Current name of the model, owner/name (canonical models have no owner)", required=True)
CHILD_ID = Column("child_id", "string", "model_id of the derived model", required=True)
PARENT_ID = Column("parent_id", "string", "model_id of the model derived from; as declared if parent_status is missing", required=True)
RECORD_DIGEST = Column(
    "record_digest",
    "long",
    "Identifies the record of bronze, and what else the row was computed from: the next build carries the row over while it is the same",
)
SHA = Column("sha", "string", "Commit of the main branch that was listed or fetched")
CONFIDENCE = Column("confidence", "double", "How certain the rule is", unit="share", required=True, at_least=0, at_most=1)

SOURCE = Column("source", "string", "Strongest source that contains the value", required=True, values=SOURCES)


def count(name: str, comment: str, *, required: bool = True) -> Column:
    """Declare a whole number, never below zero."""
    return Column(name, "long", comment, required=required, at_least=0)


def share(name: str, comment: str, *, required: bool = True) -> Column:
    """Declare a part of a whole, from 0 to 1; its name ends in `_share`."""
    return Column(name, "double", comment, unit="share", required=required, at_least=0, at_most=1)


def country_coverage(of: str) -> tuple[Column, Column]:
    """Beside shares of strata of countries: how much of all models, and of their downloads, is in strata of a known country."""
    place = "from publishers whose country is known; null in strata other than countries"
    return (
        share("country_coverage_share", f"Part of {of}, {place}", required=False),
        share("country_downloads_coverage_share", f"Part of their downloads of 30 days, {place}", required=False),
    )


def flag(name: str, comment: str) -> Column:
    """Declare a boolean that is always known; its name begins with `is_` or `has_`."""
    return Column(name, "boolean", comment, required=True)


# The Hub's counts of a repository of any kind.
COUNTS = (
    count("downloads_30d", "Downloads of the last 30 days; null if the Hub sent none", required=False),
    count("downloads_all_time", "Downloads since the beginning; null if the Hub sent none", required=False),
    count("likes", "Likes; null if the Hub sent none", required=False),
    Column("trending_score", "double", "The Hub's trending score; may be fractional"),
)
# What the Hub says about both models and datasets.
REPOSITORY = (
    Column("author", "string", "User or organisation before the slash; null for canonical names"),
    Column("created_at", "timestamp", "When the repository was created (UTC); not when its content was released"),
    flag("is_created_at_floor", "Whether created_at is the Hub's floor of 2022-03-02, which means: older, exact time unknown"),
    Column("last_modified_at", "timestamp", "Last commit (UTC); may be before created_at"),
    SHA,
    *COUNTS,
    flag("is_gated", "Whether access to the files must be requested"),
    flag("is_disabled", "Whether the Hub has disabled the repository"),
    Column("tags", "array<string>", "All tags, in the Hub's order", required=True),
    flag("has_card", "Whether the listed files include README.md at the root"),
    Column("card_data", "string", "Front matter as the Hub parsed it, JSON; null if the listing had none"),
    Column("oddities", "array<string>", "Keys that no rule knows, and values of an unexpected type", required=True),
    RECORD_DIGEST,
)
