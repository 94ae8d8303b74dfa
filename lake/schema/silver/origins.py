"""Users and organisations that own models."""

from hublake.lake.enums import ACCOUNT_KINDS, COUNTRY_REASONS, ORGANISATION_KINDS, ORIGIN_METHODS, REGIONS
from hublake.lake.schema.columns import BY_SNAPSHOT, CONFIDENCE, FETCHED_AT, SNAPSHOT_DATE, count, flag
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

ORGANISATIONS = Table(
    "organisations",
    layer="silver",
    comment="Institution, country and kind of the publishers of models; persons get neither an institution nor a country",
    grain="one row per namespace that owns a listed model",
    key=("snapshot_date", "namespace"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("namespace", "string", "Name before the slash in model ids; for canonical models that of their present home", required=True),
        Column("institution", "string", "Institution that controls the namespace; null for persons and if it is not known"),
        Column("parent_institution", "string", "Institution that owns it, if it is a subsidiary with a namespace of its own"),
        Column("country", "string", "ISO 3166-1 code of the country of its headquarters; null for persons and if it is not known"),
        Column("country_reason", "string", "Why the country is null; null if it is not", values=COUNTRY_REASONS),
        Column("region", "string", "Region of the country", values=REGIONS),
        Column("kind", "string", "What the publisher is", required=True, values=ORGANISATION_KINDS),
        Column("kind_source", "string", "How the kind was found", required=True, values=ORIGIN_METHODS),
        flag("is_repackager", "Whether it mostly publishes other publishers' models again, such as quantised"),
        Column("method", "string", "How the country, or the reason for its absence, was found", required=True, values=ORIGIN_METHODS),
        Column("source", "string", "Curated list's source, or the field of the account that states it; null if nothing does"),
        Column("evidence", "string", "Words that state it; null if nothing does"),
        Column("checked_date", "date", "When the row of the curated list was last checked"),
        CONFIDENCE,
    ),
)
