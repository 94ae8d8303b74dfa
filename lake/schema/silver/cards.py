"""Model cards and their sections."""

from hublake.lake.enums import CARD_CONTENT, CARD_ENCODINGS, SECTION_CLASSES, YAML_STATUS
from hublake.lake.schema.columns import BY_SNAPSHOT, HUB_ID, MODEL_ID, SHA, SNAPSHOT_DATE, count, flag, share
from hublake.lake.schema.declaration import Column, Table

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
        Column("encoding", "string", "Encoding that the card was decoded with", required=True, values=CARD_ENCODINGS),
        flag("is_truncated", "Whether only the first part of the card was stored"),
        Column("content", "string", "Kind of content", required=True, values=CARD_CONTENT),
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
        count("word_count", "Words of the text after the front matter"),
        Column("language_of_text", "string", "ISO 639-1 code of the text's own language; null below 20 words"),
        Column("text", "string", "The card without its front matter; null unless content is text"),
    ),
)

CARD_SECTIONS = Table(
    "card_sections",
    layer="silver",
    comment="Sections of the cards, classified by heading",
    grain="one row per section of a card, in order",
    key=("snapshot_date", "model_id", "ordinal"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        count("ordinal", "Position in the card, from 0"),
        Column("level", "integer", "Level of the heading; 0 for text before the first heading", required=True, at_least=0, at_most=6),
        Column("heading", "string", "Heading as plain text; null for text before the first heading"),
        Column("heading_path", "array<string>", "Enclosing headings, topmost first", required=True),
        Column("section_class", "string", "Topic of the section: the first of section_classes", required=True, values=SECTION_CLASSES),
        Column(
            "section_classes",
            "array<string>",
            "All topics that its heading names (Bias, Risks, and Limitations), in the vocabulary's order",
            required=True,
        ),
        count("text_start", "Where its own text starts in silver.model_cards.text, in characters; a line end counts as one"),
        count("text_end", "Where its own text ends there"),
        count("word_count", "Words of the section's own text, without subsections and code"),
        share("code_share", "Part of the displayed characters that is code; null if nothing is displayed", required=False),
        share("table_share", "Part of the displayed characters that is in tables; null if nothing is displayed", required=False),
        flag("is_placeholder", "Whether the text is only a placeholder ([More Information Needed], TODO, nothing)"),
        flag("is_boilerplate", "Whether the text is a sentence of a template or a tool; text_id identifies texts that cards share"),
        Column("boilerplate_source", "string", "Tool or template that the text comes from, if is_boilerplate"),
        share(
            "parent_overlap_share",
            "Part of the section's own sentences of 4 words or more that a parent's card contains; null without such a card or sentence",
            required=False,
        ),
        Column(
            "text_id",
            "string",
            "Digest of a text of 8 words or more in a documented class, figures treated as equal; "
            "shared ones are in gold.shared_texts.text_ids",
        ),
        Column("text", "string", "The section's own text", required=True),
    ),
)
