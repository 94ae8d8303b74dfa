"""Languages that models declare."""

from hublake.lake.schema.columns import BY_SNAPSHOT, CONFIDENCE, MODEL_ID, SNAPSHOT_DATE, SOURCE
from hublake.lake.schema.declaration import Column, Table

MODEL_LANGUAGES = Table(
    "model_languages",
    layer="silver",
    comment="Languages that a model declares, without tags that only look like a language",
    grain="one row per model and language",
    key=("snapshot_date", "model_id", "language"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("language", "string", "ISO 639 code: two letters if one exists, else three; or multilingual, or code", required=True),
        Column("declared_as", "string", "The value as written in the card or tag", required=True),
        SOURCE,
        CONFIDENCE,
    ),
)
