"""What model cards document."""

from hublake.lake.enums import DOCUMENTED_SECTIONS, SECTION_CLASSES, TERM_TOPICS
from hublake.lake.schema.columns import BY_SNAPSHOT, DATASET_ID, MODEL_ID, SNAPSHOT_DATE, count, flag, share
from hublake.lake.schema.declaration import Column, Table


def _depth(table: str) -> tuple[Column, ...]:
    """How deeply a card documents, with the offsets of the evidence in `text` of that silver table."""
    return (
        Column(
            "depth",
            "integer",
            "Depth of documentation of limits, bias and risks, 0 none to 4 specific with results or mitigation; "
            "null if the text is in another language than English",
            at_least=0,
            at_most=4,
        ),
        Column("evidence_starts", "array<long>", f"Where the sentences that earned the depth begin in silver.{table}.text", required=True),
        Column("evidence_ends", "array<long>", "Where they end", required=True),
        share(
            "specificity",
            "Part of the sentences on bias, limits, risks and ethics that name a group, language, dataset, failure, figure or case; "
            "null without such sentences",
            required=False,
        ),
        Column("readability", "double", "Flesch reading ease of these sentences if the card is in English; null without any"),
    )


CARD_DOCUMENTATION = Table(
    "card_documentation",
    layer="gold",
    comment="What each model's card documents about limits, bias and risks in own words, that is, in sentences that its author wrote",
    grain="one row per model, with or without a card",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    has_every_model=True,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        flag("has_card", "Whether a card with text was fetched"),
        Column("generator", "string", "Tool that generated the card, detected by its mark; null if none was found"),
        Column("shared_text_ids", "array<string>", "gold.shared_texts that it contains as boilerplate, not as own words", required=True),
        Column("sections_present", "array<string>", "Section classes that the card has a heading or sentences for", required=True),
        Column("sections_filled", "array<string>", "Section classes that it fills with own words", required=True),
        *(
            column
            for name in DOCUMENTED_SECTIONS
            for column in (
                flag(f"has_{name}", f"Whether the card fills {name} with own words: no placeholder, no template sentence"),
                count(f"{name}_own_words", f"Words on {name} that are neither placeholder nor template"),
                flag(f"is_{name}_inherited", f"Whether most of its own words on {name} also occur in a parent's card"),
            )
        ),
        *_depth("model_cards"),
    ),
)

DATASET_DOCUMENTATION = Table(
    "dataset_documentation",
    layer="gold",
    comment="What each dataset's card documents about limits, bias, risks and sensitive data in own words; empty without such cards",
    grain="one row per dataset, with or without a card",
    key=("snapshot_date", "dataset_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        DATASET_ID,
        flag("has_card", "Whether a card with text was fetched"),
        Column("sections_present", "array<string>", "Section classes that the card has a heading or sentences for", required=True),
        Column("sections_filled", "array<string>", "Section classes that it fills with own words", required=True),
        *(
            column
            for name in DOCUMENTED_SECTIONS
            for column in (
                flag(f"has_{name}", f"Whether the card fills {name} with own words: no placeholder, no template sentence"),
                count(f"{name}_own_words", f"Words on {name} that are neither placeholder nor template"),
            )
        ),
        flag("has_sensitive_data", "Whether the card says in own words what personal or sensitive data there is, or that there is none"),
        count("sensitive_data_own_words", "Words on personal or sensitive data that are neither placeholder nor template"),
        *_depth("dataset_cards"),
    ),
)

DOCUMENTATION_RATES = Table(
    "documentation_rates",
    layer="gold",
    comment="How often cards fill each section class, by stratum",
    grain="one row per section class and stratum",
    key=("snapshot_date", "section_class", "stratum"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    columns=(
        SNAPSHOT_DATE,
        Column("section_class", "string", "What the sections counted are about", required=True, values=SECTION_CLASSES),
        Column(
            "stratum",
            "string",
            "Part of the Hub counted: all, or popularity:, task:, library:, license:, relation:, author_kind: or year: with a value",
            required=True,
        ),
        count("models", "Models in the stratum"),
        count("cards", "Of these, models with a card that has text: the denominator"),
        count("filled", "Of these, cards that fill the section with own words"),
        share("filled_share", "filled / cards; null without cards", required=False),
        share("filled_share_low", "Lower end of the Wilson 95 % interval", required=False),
        share("filled_share_high", "Upper end of the Wilson 95 % interval", required=False),
        share("published_share", "The same share as published by others; null if nobody has", required=False),
        Column("published_date", "date", "Last day of the published data"),
        Column("published_denominator", "string", "Denominator of the published share, and how sections were identified"),
        Column("published_source", "string", "Publication"),
    ),
)

WARNING_INHERITANCE = Table(
    "warning_inheritance",
    layer="gold",
    comment="Whether a derivative's card keeps the warnings of its parent's card",
    grain="one row per child, parent and documented class that the parent's card fills",
    key=("snapshot_date", "child_id", "parent_id", "section_class"),
    partitioned_by=BY_SNAPSHOT,
    counts_guesses=True,
    columns=(
        SNAPSHOT_DATE,
        Column("child_id", "string", "model_id of the derivative", required=True),
        Column("parent_id", "string", "model_id of the model it derives from", required=True),
        Column("section_class", "string", "Subject of the parent's warning", required=True, values=DOCUMENTED_SECTIONS),
        flag("is_guessed", "Whether nobody declared that the child derives from the parent: evidence in_name or bare_tag"),
        count("parent_own_words", "Words of the parent's card on it"),
        flag("has_child_card", "Whether the derivative has a card with text"),
        count("child_own_words", "Words of the derivative's card on it; 0 if it says nothing"),
        flag("is_lost", "Whether the derivative's card says nothing about it"),
        flag("is_linked", "Whether the derivative's card names the parent, so that a reader can find the warning there"),
        share(
            "overlap_share",
            "Part of the derivative's sentences on it that also occur in the card of a parent; null without such sentences",
            required=False,
        ),
    ),
)

SHARED_TEXTS = Table(
    "shared_texts",
    layer="gold",
    comment="Texts on limits, bias and risks that many cards share, word for word or nearly so",
    grain="one row per group of near-copies that 20 or more cards contain",
    key=("snapshot_date", "text_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column(
            "text_id", "string", "Digest of the group's first text, in lower case, without punctuation, ignoring figures", required=True
        ),
        Column("section_class", "string", "What the sections are about", required=True, values=SECTION_CLASSES),
        count("cards", "Models whose card contains one of the texts"),
        count("authors", "Authors of these models"),
        count("free_cards", "Of these cards, those that did not copy it from the card of a listed parent"),
        flag("is_boilerplate", "Whether free_cards is 100 or more; then it does not count as own words in gold.card_documentation"),
        count("variants", "Distinct texts in the group"),
        Column("text_ids", "array<string>", "Digests of these texts", required=True),
        count("word_count", "Words of the longest of these texts"),
        Column("example_id", "string", "The first of the models by name", required=True),
        Column("boilerplate_source", "string", "Tool or template that is known to write it; null if none is: it was copied by hand"),
    ),
)

CARD_TERMS = Table(
    "card_terms",
    layer="gold",
    comment="English terms of bias, fairness, toxicity, safety, privacy and misuse in sentences that authors wrote themselves",
    grain="one row per model and term of conf/terms.csv that its card contains",
    key=("snapshot_date", "model_id", "term"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("term", "string", "The term, as in conf/terms.csv", required=True),
        Column("topic", "string", "Topic of the term", required=True, values=TERM_TOPICS),
        count("occurrences", "Own sentences of the card that contain it, without denials"),
        count("denials", "Own sentences that contain it only to deny it"),
        Column("tf_idf", "double", "occurrences times the logarithm of (cards / cards that contain the term)", required=True, at_least=0),
    ),
)
