"""What the Hub reads from the configuration and the weight files of models."""

from hublake.lake.enums import COUNT_SOURCES, UNPACKED_BY
from hublake.lake.schema.columns import BY_SNAPSHOT, CONFIDENCE, HUB_ID, MODEL_ID, SNAPSHOT_DATE, count, flag
from hublake.lake.schema.declaration import Column, Table

MODEL_CONFIGS = Table(
    "model_configs",
    layer="silver",
    comment="Configuration, stored weights and evaluation results of models as the listing gives them; the files themselves are not read",
    grain="one row per model of which the listing gives any of it",
    key=("snapshot_date", "hub_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        HUB_ID,
        MODEL_ID,
        Column("architectures", "array<string>", "config.architectures: classes of the model", required=True),
        Column("model_type", "string", "config.model_type"),
        flag("has_custom_code", "Whether config.auto_map names classes, which are code of the repository itself"),
        Column("auto_model", "string", "transformersInfo.auto_model: the class that loads the model"),
        Column("custom_class", "string", "transformersInfo.custom_class"),
        Column("diffusers_class", "string", "Class of the diffusers pipeline"),
        Column("peft_type", "string", "config.peft.peft_type, such as LORA"),
        Column("peft_task_type", "string", "config.peft.task_type, such as CAUSAL_LM"),
        Column("peft_base", "string", "config.peft.base_model_name_or_path, as written: a model or a path on a disk"),
        Column("quant_method", "string", "Method of the quantisation in lower case; mlx for the settings that MLX writes without a method"),
        Column("quant_bits", "double", "Bits per quantised weight; not always whole", at_least=0.1),
        count("quant_group", "Weights that share a scale", required=False),
        Column("quant_config", "string", "The settings of the quantisation as JSON; null if longer than 10,000 characters"),
        Column("dtypes", "array<string>", "Types of the numbers in the safetensors files, in alphabetical order", required=True),
        Column("dtype_counts", "array<long>", "How many numbers of each of `dtypes`, as the Hub counts them", required=True),
        count("safetensors_total", "safetensors.total: all numbers in the safetensors files", required=False),
        count("gguf_total", "gguf.total: weights of the GGUF file that the Hub chose", required=False),
        Column("gguf_architecture", "string", "gguf.architecture"),
        count("context_length", "gguf.context_length, or max_position_embeddings of the configuration, in tokens", required=False),
        count("hidden_size", "Width of the hidden states", required=False),
        count("layers", "Number of layers", required=False),
        count("intermediate_size", "Width of the feed-forward layers", required=False),
        count("vocabulary_size", "Number of tokens in the vocabulary", required=False),
        count("attention_heads", "Attention heads of a layer", required=False),
        count("key_value_heads", "Heads of keys and values of a layer", required=False),
        count("head_size", "Width of a head; null if it follows from the width and the heads", required=False),
        Column("is_embedding_tied", "boolean", "Whether input and output embeddings are the same weights; null: not stated"),
        count("experts", "Routed experts of a layer", required=False),
        count("experts_per_token", "Routed experts that one token passes", required=False),
        count("expert_size", "Width of the feed-forward layers of one expert", required=False),
        Column("eval_datasets", "array<string>", "Datasets of evalResults, each once", required=True),
        count("used_storage_bytes", "usedStorage: bytes of all files and their history; null in most listings", required=False),
        Column("oddities", "array<string>", "Values of an unexpected type or size, which count as absent", required=True),
    ),
)

MODEL_PARAMETERS = Table(
    "model_parameters",
    layer="silver",
    comment="The number of parameters of each model by every source that states it: weights of the model that a user runs, unpacked",
    grain="one row per model and source",
    key=("snapshot_date", "model_id", "source"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column(
            "source",
            "string",
            "safetensors and gguf: counted by the Hub; parent: the model that it quantises or adapts; curated: the published series in its "
            "name; config: settings of the network; name",
            required=True,
            values=COUNT_SOURCES,
        ),
        count("parameters", "All weights; null if the source gives only an upper bound, active weights or packed numbers", required=False),
        count(
            "active_parameters", "Weights that one token passes; null if the source does not say, and for most dense models", required=False
        ),
        flag("is_packed", "Whether the source counts numbers that contain several weights each"),
        flag("is_upper_bound", "Whether the name states experts times size (8x7B), whose product is more than there are"),
        flag("is_partial", "Whether the source counts an adapter, a draft head or a projector, far fewer than the model has"),
        Column("unpacked_by", "string", "How packed numbers became weights", values=UNPACKED_BY),
        CONFIDENCE,
        Column("evidence", "string", "What was read: types of numbers, the words of the name, the parent", required=True),
    ),
)
