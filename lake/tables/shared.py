"""Columns that mean the same thing wherever they stand."""

from lake.tables.declaration import Column

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


def count(name: str, comment: str, *, required: bool = True) -> Column:
    """A whole number of things: never below zero."""
    return Column(name, "long", comment, required=required, at_least=0)


def share(name: str, comment: str, *, required: bool = True) -> Column:
    """A part of a whole, from 0 to 1."""
    return Column(name, "double", comment, unit="share", required=required, at_least=0, at_most=1)


def flag(name: str, comment: str) -> Column:
    """A yes or no that is always known."""
    return Column(name, "boolean", comment, required=True)
