"""What the answers mean: one snapshot of the Hub, cleaned and typed. Only silver jobs interpret."""

from lake.tables.declaration import Column, Table
from lake.tables.shared import CHILD_ID, CONFIDENCE, HUB_ID, MODEL_ID, PARENT_ID, SHA, SNAPSHOT_DATE, count, flag, share
from lake.vocabulary import (
    CARD_CONTENT,
    CARD_ENCODINGS,
    EVIDENCE,
    PARAMETERS_SOURCES,
    PARENT_STATUS,
    RELATIONS,
    SECTION_CLASSES,
    SOURCES,
    YAML_STATUS,
)

BY_SNAPSHOT = ("snapshot_date",)
SOURCE = Column("source", "string", "Strongest place where the value stands", required=True, values=SOURCES)

MODELS = Table(
    "models",
    layer="silver",
    comment="The models of a snapshot, as the newest whole listing gave them",
    grain="one row per model",
    key=("snapshot_date", "hub_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    columns=(
        SNAPSHOT_DATE,
        HUB_ID,
        MODEL_ID,
        Column("author", "string", "User or organisation before the slash; null for canonical names"),
        Column("created_at", "timestamp", "When the repository was made (UTC); not the release of the model"),
        flag("is_created_at_floor", "Whether created_at is the Hub's floor of 2022-03-02, that is: older, unknown when"),
        Column("last_modified_at", "timestamp", "Last commit (UTC); may be before created_at"),
        SHA,
        Column("pipeline_tag", "string", "Task, declared or inferred by the Hub"),
        Column("library_name", "string", "Library, declared or inferred by the Hub"),
        Column("architecture", "string", "First of config.architectures, or the diffusers class, or gguf.architecture"),
        Column("model_type", "string", "config.model_type"),
        count("parameters", "Number of parameters; packed counts of quantised weights as the Hub gives them", required=False),
        Column("parameters_source", "string", "Where parameters was read", values=PARAMETERS_SOURCES),
        count("downloads_30d", "Downloads of the last 30 days; null where the Hub sent none", required=False),
        count("downloads_all_time", "Downloads since the beginning; null where the Hub sent none", required=False),
        count("likes", "Likes; null where the Hub sent none", required=False),
        Column("trending_score", "double", "The Hub's trending score; may be fractional"),
        flag("is_gated", "Whether files need an accepted request"),
        flag("is_disabled", "Whether the Hub has taken the repository down"),
        Column("tags", "array<string>", "All tags, in the Hub's order", required=True),
        flag("has_card", "Whether the listed files hold README.md at the root"),
        Column("file_names", "array<string>", "Paths of the listed files", required=True),
        Column("hub_parents", "array<string>", "model_ids of baseModels: bases that the Hub resolved", required=True),
        Column("hub_relation", "string", "Relation of baseModels", values=RELATIONS),
        Column("card_data", "string", "Front matter as the Hub parsed it, JSON; null where the listing had none"),
        Column("oddities", "array<string>", "Keys that no rule knows and values of an unexpected type", required=True),
    ),
)

LINEAGE_EDGES = Table(
    "lineage_edges",
    layer="silver",
    comment="Who derives from whom, child to parent, with the evidence",
    grain="one row per child, parent and relation",
    key=("snapshot_date", "child_id", "parent_id", "relation"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        CHILD_ID,
        PARENT_ID,
        Column("relation", "string", "How the child derives", required=True, values=RELATIONS),
        Column("evidence", "string", "Strongest evidence of the edge", required=True, values=EVIDENCE),
        flag("is_relation_declared", "Whether the Hub or the author said the relation; else a rule inferred it"),
        CONFIDENCE,
        Column("parent_status", "string", "Whether the parent is a listed model", required=True, values=PARENT_STATUS),
        Column(
            "declared_parent", "string", "The parent's name as the child declares it; parent_id where evidence is in_name", required=True
        ),
        flag("is_self_loop", "Whether child and parent are one model"),
        flag("is_cycle", "Whether the edge lies on a cycle of two models or more"),
        flag("is_child_older", "Whether the child was created before its parent; false where a date is the floor or unknown"),
    ),
)

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
        Column("license", "string", "Licence identifier in lower case, as on the Hub's list where it is known", required=True),
        Column("license_name", "string", "Name given where license is other"),
        Column("license_link", "string", "Link given where license is other"),
        flag("is_known", "Whether the identifier is on the Hub's list of licences"),
        SOURCE,
        CONFIDENCE,
    ),
)

MODEL_LANGUAGES = Table(
    "model_languages",
    layer="silver",
    comment="Languages that a model declares, cleaned of tags that only look like a language",
    grain="one row per model and language",
    key=("snapshot_date", "model_id", "language"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("language", "string", "ISO 639 code: two letters where there are two, else three; or multilingual, code", required=True),
        Column("declared_as", "string", "The word that stands in the card or tag", required=True),
        SOURCE,
        CONFIDENCE,
    ),
)

MODEL_DATASETS = Table(
    "model_datasets",
    layer="silver",
    comment="Datasets that a model declares",
    grain="one row per model and dataset",
    key=("snapshot_date", "model_id", "dataset_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("dataset_id", "string", "Dataset as declared", required=True),
        flag("is_placeholder", "Whether the name says nothing of the data (generator, imagefolder, None ...)"),
        SOURCE,
        CONFIDENCE,
    ),
)

MODEL_CARDS = Table(
    "model_cards",
    layer="silver",
    comment="The newest card of each model, split into front matter and text",
    grain="one row per model with a fetched card",
    key=("snapshot_date", "hub_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        HUB_ID,
        MODEL_ID,
        SHA,
        count("card_bytes", "Size of the card as served"),
        Column("encoding", "string", "Encoding the card was read in", required=True, values=CARD_ENCODINGS),
        flag("is_truncated", "Whether only the first part of the card was kept"),
        Column("content", "string", "What the card holds", required=True, values=CARD_CONTENT),
        Column("yaml_status", "string", "State of the front matter", required=True, values=YAML_STATUS),
        Column("front_matter", "string", "The front matter as JSON; null unless yaml_status is valid"),
        Column("licenses", "array<string>", "license, one or many, as written", required=True),
        Column("license_name", "string", "license_name, as written"),
        Column("license_link", "string", "license_link, as written"),
        Column("languages", "array<string>", "language, one or many, as written", required=True),
        Column("datasets", "array<string>", "datasets, as written", required=True),
        Column("base_models", "array<string>", "base_model, one or many, as written", required=True),
        Column("base_model_relation", "string", "base_model_relation, as written"),
        Column("card_tags", "array<string>", "tags, as written", required=True),
        Column("library_name", "string", "library_name, as written"),
        Column("pipeline_tag", "string", "pipeline_tag, as written"),
        count("word_count", "Words of the text below the front matter"),
        Column("language_of_text", "string", "ISO 639-1 code of the text's own language; null below 20 words"),
        Column("text", "string", "The card below its front matter; null where content is not text"),
    ),
)

CARD_SECTIONS = Table(
    "card_sections",
    layer="silver",
    comment="Sections of the cards, classed by heading",
    grain="one row per section of a card, in order",
    key=("snapshot_date", "model_id", "ordinal"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        count("ordinal", "Place in the card, from 0"),
        Column("level", "integer", "Level of the heading; 0 for text before the first", required=True, at_least=0, at_most=6),
        Column("heading", "string", "Heading as plain text; null for text before the first"),
        Column("section_class", "string", "What the section is about: the first of section_classes", required=True, values=SECTION_CLASSES),
        Column(
            "section_classes",
            "array<string>",
            "All that its heading names (Bias, Risks, and Limitations), in the vocabulary's order",
            required=True,
        ),
        count("word_count", "Words of the section's own text, sub-sections and code left out"),
        flag("is_placeholder", "Whether the text only marks a gap ([More Information Needed], TODO, nothing)"),
        flag("is_boilerplate", "Whether the text is a template's or a tool's own sentence"),
        share(
            "parent_overlap_share",
            "Part of the section's own sentences of 4 words or more that stand in a parent's card; null without such a card or sentence",
            required=False,
        ),
        Column("text", "string", "The section's own text", required=True),
    ),
)

QUARANTINE = Table(
    "quarantine",
    layer="silver",
    comment="Records that a silver job could not take, kept with the rule they broke; a rebuild after mending takes them back in",
    grain="one row per record set aside from a table",
    key=("snapshot_date", "table_name", "record_id"),
    partitioned_by=("snapshot_date", "table_name"),
    columns=(
        SNAPSHOT_DATE,
        Column("table_name", "string", "Table that the record was meant for", required=True),
        Column("record_id", "string", "Key of the record, as far as it has one, with a digest that tells twins apart", required=True),
        Column("rule", "string", "Rule it broke", required=True),
        Column("reason", "string", "What was seen, in words", required=True),
        Column("body", "string", "The record, JSON", required=True),
    ),
)
