"""Users and organisations that own models."""

from hublake.lake.enums import ACCOUNT_KINDS
from hublake.lake.schema.columns import BY_SNAPSHOT, FETCHED_AT, SNAPSHOT_DATE, count, flag
from hublake.lake.schema.declaration import Column, Table

ACCOUNTS = Table(
    "accounts",
    layer="silver",
    comment="The accounts that own models, as they were last looked up; nothing that is personal beside the name in the models' ids",
    grain="one row per account looked up",
    key=("snapshot_date", "account"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("account", "string", "Name as it stands before the slash of the models' ids", required=True),
        Column("kind", "string", "Whether it is a user or an organisation; null where the Hub did not say", values=ACCOUNT_KINDS),
        flag("is_gone", "Whether the Hub did not know the name any more"),
        Column("display_name", "string", "Full name of an organisation; null for users"),
        Column("details", "string", "What an organisation says of itself; null for users"),
        flag("is_verified", "Whether the Hub has verified the organisation; false for users"),
        Column("plan", "string", "Plan that an organisation pays for, such as team or enterprise; null for users and without one"),
        count("owned_models", "Models as the Hub counts them; null where it sent none", required=False),
        count("owned_datasets", "Datasets as the Hub counts them; null where it sent none", required=False),
        count("owned_spaces", "Spaces as the Hub counts them; null where it sent none", required=False),
        count("papers", "Papers as the Hub counts them; null where it sent none", required=False),
        count("followers", "Followers; null where the Hub sent none", required=False),
        count("members", "Members of an organisation; null for users and where the Hub sent none", required=False),
        Column("created_at", "timestamp", "When the account was made (UTC); null where the Hub does not say"),
        FETCHED_AT,
        Column("oddities", "array<string>", "Keys that no rule knows and values of an unexpected type", required=True),
    ),
)
