"""Licences that models declare."""

from hublake.lake.schema.columns import BY_SNAPSHOT, CONFIDENCE, MODEL_ID, SNAPSHOT_DATE, SOURCE, flag
from hublake.lake.schema.declaration import Column, Table

MODEL_LICENSES = Table(
    "model_licenses",
    layer="silver",
    comment="Licences that a model declares",
    grain="one row per model and licence",
    key=("snapshot_date", "model_id", "license"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("license", "string", "Licence identifier in lower case, spelled as on the Hub's list if known", required=True),
        Column("license_name", "string", "License name, if license is other"),
        Column("license_link", "string", "License link, if license is other"),
        flag("is_known", "Whether the identifier is on the Hub's list of licences"),
        SOURCE,
        CONFIDENCE,
    ),
)
