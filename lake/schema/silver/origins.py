"""Users and organisations that own models."""

from hublake.lake.enums import ACCOUNT_KINDS
from hublake.lake.schema.columns import BY_SNAPSHOT, FETCHED_AT, SNAPSHOT_DATE, count, flag
from hublake.lake.schema.declaration import Column, Table

ACCOUNTS = Table(
    "accounts",
    layer="silver",
    comment="The accounts that own models, as last looked up; no personal data besides the name in the models' ids",
    grain="one row per account looked up",
    key=("snapshot_date", "account"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("account", "string", "Name as it appears before the slash in model ids", required=True),
        Column("kind", "string", "User or organisation; null if the Hub did not say", values=ACCOUNT_KINDS),
        flag("is_gone", "Whether the Hub no longer knows the name"),
        Column("display_name", "string", "Full name of an organisation; null for users"),
        Column("details", "string", "Self-description of an organisation; null for users"),
        flag("is_verified", "Whether the Hub has verified the organisation; false for users"),
        Column("plan", "string", "Paid plan of an organisation, such as team or enterprise; null for users and without a plan"),
        count("owned_models", "Number of models according to the Hub; null if it sent none", required=False),
        count("owned_datasets", "Number of datasets according to the Hub; null if it sent none", required=False),
        count("owned_spaces", "Number of Spaces according to the Hub; null if it sent none", required=False),
        count("papers", "Number of papers according to the Hub; null if it sent none", required=False),
        count("followers", "Number of followers; null if the Hub sent none", required=False),
        count("members", "Number of members of an organisation; null for users, and if the Hub sent none", required=False),
        Column("created_at", "timestamp", "When the account was created (UTC); null if the Hub does not say"),
        FETCHED_AT,
        Column("oddities", "array<string>", "Keys that no rule knows, and values of an unexpected type", required=True),
    ),
)
