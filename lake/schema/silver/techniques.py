"""How models were made."""

from hublake.lake.enums import TECHNIQUE_GROUPS, TECHNIQUE_SOURCES
from hublake.lake.schema.columns import BY_SNAPSHOT, CONFIDENCE, MODEL_ID, SNAPSHOT_DATE, flag
from hublake.lake.schema.declaration import Column, Table

MODEL_TECHNIQUES = Table(
    "model_techniques",
    layer="silver",
    comment="Techniques by which a model was trained, compressed, merged, quantised or edited, by every source; sources are not merged",
    grain="one row per model, technique, source and evidence",
    key=("snapshot_date", "model_id", "technique", "source", "evidence"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("technique", "string", "Technique (conf/techniques.csv); quantization: a quantisation of unknown method", required=True),
        Column("technique_group", "string", "What it changes", required=True, values=TECHNIQUE_GROUPS),
        Column("detail", "string", "Method of a merge, type of a GGUF file, type of PEFT, name of an unlisted method of quantisation"),
        Column("bits", "double", "Bits of a quantised weight, by the name of the type: its scales add to them", at_least=0.1),
        Column("source", "string", "Where it was read", required=True, values=TECHNIQUE_SOURCES),
        Column("evidence", "string", "The file, setting, tag, word or sentence that states it", required=True),
        flag("is_inherited", "Whether a quantised copy repeats it: the model that it quantises has the technique; never a quantisation"),
        CONFIDENCE,
    ),
)
