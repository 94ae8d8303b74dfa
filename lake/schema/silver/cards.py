"""Model cards, their parsed sections and sentences."""

from hublake.lake.enums import CARD_CONTENT, CARD_ENCODINGS, SECTION_CLASSES, SOURCES, YAML_STATUS
from hublake.lake.schema.columns import BY_SNAPSHOT, DATASET_ID, HUB_ID, MODEL_ID, RECORD_DIGEST, SHA, SNAPSHOT_DATE, count, flag, share
from hublake.lake.schema.declaration import Column, Table

_FETCHED = (
    SHA,
    count("card_bytes", "Size of the card as served"),
    Column("encoding", "string", "Encoding in which the card was decoded", required=True, values=CARD_ENCODINGS),
    flag("is_truncated", "Whether only the first part of the card was stored"),
    Column("content", "string", "What the card contains", required=True, values=CARD_CONTENT),
    Column("yaml_status", "string", "State of the front matter", required=True, values=YAML_STATUS),
    Column("front_matter", "string", "The front matter as JSON; null unless yaml_status is valid"),
)
_TEXT = (
    count("word_count", "Words of the text below the front matter"),
    Column("language_of_text", "string", "ISO 639-1 code of the language of the text; null below 20 words"),
    Column("text", "string", "The card below its front matter, without the lines of one that was cut; null unless content is text"),
    RECORD_DIGEST,
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
        *_FETCHED,
        Column(
            "fields_source",
            "string",
            "Where the fields from licenses to pipeline_tag were read: in the card's front matter (card) or, where it declares nothing or "
            "cannot be read, in what the listing has of it (card_data); null if both declare none of these fields",
            values=SOURCES[:2],
        ),
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
        Column("stated_parents", "array<string>", "Models that the text states as parents, as written", required=True),
        Column(
            "stated_relations", "array<string>", "Relation to each of these in the text's words; null if they leave it open", required=True
        ),
        *_TEXT,
    ),
)

DATASET_CARDS = Table(
    "dataset_cards",
    layer="silver",
    comment="The newest card of each dataset, split into front matter and text; empty if none was crawled (crawl cards --of datasets)",
    grain="one row per dataset with a fetched card",
    key=("snapshot_date", "hub_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(SNAPSHOT_DATE, HUB_ID, DATASET_ID, *_FETCHED, *_TEXT),
)

# Columns of a section that follow from the text of its card alone. Section texts are cut out of silver.model_cards.text by their offsets.
_SECTION_COLUMNS = (
    SNAPSHOT_DATE,
    MODEL_ID,
    count("ordinal", "Position of the section in the card, from 0"),
    Column("level", "integer", "Level of the heading; 0 for text before the first heading", required=True, at_least=0, at_most=6),
    Column("heading", "string", "Heading as plain text; null for text before the first heading"),
    Column("heading_path", "array<string>", "Headings above it, the topmost first", required=True),
    Column(
        "section_classes",
        "array<string>",
        "All classes that its heading names (Bias, Risks, and Limitations), in the order of the vocabulary",
        required=True,
    ),
    count("text_start", "Where its own text begins in silver.model_cards.text, in characters, a line end counting as one"),
    count("text_end", "Where its own text ends there"),
    count("word_count", "Words of the section's own text, without sub-sections and code"),
    share("code_share", "Part of the characters shown that are code; null if nothing is shown", required=False),
    share("table_share", "Part of the characters shown that are in tables; null if nothing is shown", required=False),
    flag("is_placeholder", "Whether the text only marks a gap ([More Information Needed], TODO, nothing)"),
    flag("is_boilerplate", "Whether only templates or tools wrote the text; text_id identifies texts that cards share"),
    Column("boilerplate_source", "string", "Tool or template that wrote it, if is_boilerplate"),
)

PARSED_SECTIONS = Table(
    "parsed_sections",
    layer="silver",
    comment="Sections and sentences of each card, from one parse of its Markdown; other tables on sections and sentences derive from it",
    grain="one row per section of a card, in order",
    key=("snapshot_date", "model_id", "ordinal"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        *_SECTION_COLUMNS,
        Column("generator", "string", "Tool that generated the card, detected by its mark; null if none was found"),
        flag("has_code", "Whether it contains a code block"),
        flag("has_citation", "Whether it contains a BibTeX entry as code"),
        flag("has_usage_code", "Whether it contains code or a command that loads or runs a model, or words on how to prompt it"),
        Column("sentences", "array<string>", "Sentences, list items and table rows as plain text, in order, without code", required=True),
        Column(
            "sentence_kinds",
            "array<string>",
            "Of each sentence: own (written by the author), tool (a figure that a tool inserted), template, placeholder or label",
            required=True,
        ),
        Column("sentence_starts", "array<long>", "Where each sentence begins in silver.model_cards.text, as text_start", required=True),
        Column("sentence_ends", "array<long>", "Where each sentence ends there", required=True),
        Column(
            "sentence_digests",
            "array<long>",
            "64-bit digest of the words of each own or tool sentence of 4 or more words, in lower case; null for others",
            required=True,
        ),
    ),
)

CARD_SECTIONS = Table(
    "card_sections",
    layer="silver",
    comment="Sections of the cards, classified by heading and compared with the cards of parents",
    grain="one row per section of a card, in order",
    key=("snapshot_date", "model_id", "ordinal"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        *_SECTION_COLUMNS[:6],
        Column("section_class", "string", "What the section is about: the first of section_classes", required=True, values=SECTION_CLASSES),
        *_SECTION_COLUMNS[6:],
        share(
            "parent_overlap_share",
            "Part of the section's own sentences of 4 or more words that a parent's card contains; null without such a card or sentence",
            required=False,
        ),
        Column(
            "text_id",
            "string",
            "Identifies a text of 8 or more words on a documented class, ignoring figures; gold.shared_texts.text_ids lists shared ones",
        ),
        Column("text", "string", "The section's own text", required=True),
    ),
)
