"""Languages of models."""

from hublake.lake.enums import LANGUAGE_KINDS, LANGUAGE_SOURCES
from hublake.lake.schema.columns import BY_SNAPSHOT, CONFIDENCE, MODEL_ID, SNAPSHOT_DATE
from hublake.lake.schema.declaration import Column, Table

MODEL_LANGUAGES = Table(
    "model_languages",
    layer="silver",
    comment="Languages of a model: those that it declares, and those of its name and its datasets; sources are not merged",
    grain="one row per model, kind and language",
    key=("snapshot_date", "model_id", "kind", "language"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("kind", "string", "What names the language", required=True, values=LANGUAGE_KINDS),
        Column("language", "string", "ISO 639 code: two letters if one exists, else three; or multilingual, or code", required=True),
        Column("declared_as", "string", "As written: value of the card or tag, word of the name, dataset", required=True),
        Column("direction", "string", "Whether the name says that the model translates from it or into it", values=("source", "target")),
        Column("source", "string", "Strongest source that contains the value", required=True, values=LANGUAGE_SOURCES),
        CONFIDENCE,
    ),
)
