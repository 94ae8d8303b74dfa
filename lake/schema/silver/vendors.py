"""What the names of models say about vendors and their series."""

from hublake.lake.enums import NAME_METHODS, NAME_STAGES
from hublake.lake.schema.columns import BY_SNAPSHOT, CONFIDENCE, MODEL_ID, SNAPSHOT_DATE, flag
from hublake.lake.schema.declaration import Column, Table

MODEL_NAMES = Table(
    "model_names",
    layer="silver",
    comment="What the name of a model says: series, size, stage, format; a name is a claim, not a proof",
    grain="one row per model",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    has_every_model=True,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("brand", "string", "Product line without its version: qwen, deepseek-coder; null if the name has none"),
        Column("series", "string", "Line with its version: qwen2.5; the author's own, else the one the name begins with"),
        Column("origin_in_name", "string", "Series of another vendor that the name states, such as llama-3.1 in Llama-3.1-Tulu-3-8B"),
        Column("variant", "array<string>", "Words for a modality, domain or treatment after the series: coder, vl, math", required=True),
        Column("size_text", "string", "Number of parameters as the name writes it, in lower case: 7b, 8x7b; may be the active ones"),
        Column("active_size_text", "string", "Number of active or effective parameters as the name writes it: a3b, e2b"),
        Column("stage", "string", "First word for a stage of training", values=NAME_STAGES),
        Column("revision", "string", "Version or date after the series: v0.3, 2507, 08-2024"),
        Column("formats", "array<string>", "Words for a format of weights: gguf, awq, fp8, hf", required=True),
        flag("is_quantised", "Whether a word of the name is a quantisation format or bit width"),
        Column("repackager_mark", "string", "Mark of a copy: the owner of the original (Qwen_Qwen3-8B) or a repackager's word (i1)"),
        flag("is_vendor_own", "Whether the series is the author's own: by conf/model_lines.csv, or as no other's line or copy is named"),
        Column(
            "method",
            "string",
            "How the series was found: conf/model_lines.csv (curated) or the name's shape",
            required=True,
            values=NAME_METHODS,
        ),
        CONFIDENCE,
    ),
)
