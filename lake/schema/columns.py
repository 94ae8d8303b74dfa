"""Columns that mean the same thing wherever they stand."""

from hublake.lake.enums import SOURCES
from hublake.lake.schema.declaration import Column

BY_SNAPSHOT = ("snapshot_date",)  # how a table is partitioned whose rows of a day are replaced as a whole
SNAPSHOT_DATE = Column("snapshot_date", "date", "Day (UTC) of the listing crawl that the row describes", required=True)
CRAWL_ID = Column("crawl_id", "string", "Run of a spider; all shards of a crawl share it", required=True)
REPO_TYPE = Column("repo_type", "string", "Kind of repository", required=True, values=("model", "dataset", "space"))
FETCHED_AT = Column("fetched_at", "timestamp", "When the answer arrived (UTC)", required=True)
HUB_ID = Column("hub_id", "string", "The Hub's own `_id` of the repository; survives renames", required=True)
MODEL_ID = Column("model_id", "string", "Current name of the model, owner/name (canonical ones have no owner)", required=True)
CHILD_ID = Column("child_id", "string", "model_id of the model that derives", required=True)
PARENT_ID = Column("parent_id", "string", "model_id of the model derived from; as declared where parent_status is missing", required=True)
SHA = Column("sha", "string", "Commit of the main branch that was listed or fetched")
CONFIDENCE = Column("confidence", "double", "How sure the rule is", unit="share", required=True, at_least=0, at_most=1)

SOURCE = Column("source", "string", "Strongest place where the value stands", required=True, values=SOURCES)


def count(name: str, comment: str, *, required: bool = True) -> Column:
    """A whole number of things: never below zero."""
    return Column(name, "long", comment, required=required, at_least=0)


def share(name: str, comment: str, *, required: bool = True) -> Column:
    """A part of a whole, from 0 to 1."""
    return Column(name, "double", comment, unit="share", required=required, at_least=0, at_most=1)


def flag(name: str, comment: str) -> Column:
    """A yes or no that is always known."""
    return Column(name, "boolean", comment, required=True)


# What the Hub counts of a repository of any kind.
COUNTS = (
    count("downloads_30d", "Downloads of the last 30 days; null where the Hub sent none", required=False),
    count("downloads_all_time", "Downloads since the beginning; null where the Hub sent none", required=False),
    count("likes", "Likes; null where the Hub sent none", required=False),
    Column("trending_score", "double", "The Hub's trending score; may be fractional"),
)
# What the Hub says of a repository of either kind, models and datasets.
REPOSITORY = (
    Column("author", "string", "User or organisation before the slash; null for canonical names"),
    Column("created_at", "timestamp", "When the repository was made (UTC); not the release of what it holds"),
    flag("is_created_at_floor", "Whether created_at is the Hub's floor of 2022-03-02, that is: older, unknown when"),
    Column("last_modified_at", "timestamp", "Last commit (UTC); may be before created_at"),
    SHA,
    *COUNTS,
    flag("is_gated", "Whether files need an accepted request"),
    flag("is_disabled", "Whether the Hub has taken the repository down"),
    Column("tags", "array<string>", "All tags, in the Hub's order", required=True),
    flag("has_card", "Whether the listed files hold README.md at the root"),
    Column("card_data", "string", "Front matter as the Hub parsed it, JSON; null where the listing had none"),
    Column("oddities", "array<string>", "Keys that no rule knows and values of an unexpected type", required=True),
)
