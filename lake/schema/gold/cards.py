"""What model cards document."""

from hublake.lake.enums import DOCUMENTED_SECTIONS, SECTION_CLASSES, TERM_TOPICS
from hublake.lake.schema.columns import BY_SNAPSHOT, MODEL_ID, SNAPSHOT_DATE, count, flag, share
from hublake.lake.schema.declaration import Column, Table

CARD_DOCUMENTATION = Table(
    "card_documentation",
    layer="gold",
    comment="What a model's card says of limits, bias and risks, in its own words",
    grain="one row per model, with or without a card",
    key=("snapshot_date", "model_id"),
    partitioned_by=BY_SNAPSHOT,
    at_least_rows=1,
    has_every_model=True,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        flag("has_card", "Whether a card with text was fetched"),
        Column("generator", "string", "Tool that wrote the card or began it, by its mark; null where none is known"),
        Column("shared_text_ids", "array<string>", "gold.shared_texts that stand in it as boilerplate, not as own words", required=True),
        Column("sections_present", "array<string>", "Section classes that the card has a heading or sentences for", required=True),
        Column("sections_filled", "array<string>", "Section classes that it fills with own words", required=True),
        *(
            column
            for name in DOCUMENTED_SECTIONS
            for column in (
                flag(f"has_{name}", f"Whether the card fills {name} with own words: no placeholder, no template sentence"),
                count(f"{name}_own_words", f"Words on {name} that are neither placeholder nor template"),
                flag(f"is_{name}_inherited", f"Whether what it says on {name} is mostly a parent's own text"),
            )
        ),
        Column(
            "depth",
            "integer",
            "Depth of bias documentation, 0 none to 4 specific with results or mitigation",
            required=True,
            at_least=0,
            at_most=4,
        ),
        Column("evidence_starts", "array<long>", "Where sentences that earned the depth begin in silver.model_cards.text", required=True),
        Column("evidence_ends", "array<long>", "Where they end", required=True),
        share(
            "specificity",
            "Part of the sentences on bias, limits, risks and ethics that name a group, language, dataset, failure or figure; "
            "null without any",
            required=False,
        ),
        Column("readability", "double", "Flesch reading ease of those sentences where they are English; null without any"),
    ),
)

DOCUMENTATION_RATES = Table(
    "documentation_rates",
    layer="gold",
    comment="How often cards fill a section",
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
        share("published_share", "The same share as others have published it; null where nobody has", required=False),
        Column("published_date", "date", "Day up to which they had data"),
        Column("published_denominator", "string", "What they divided by, and how they found sections"),
        Column("published_source", "string", "Where they published it"),
    ),
)

WARNING_INHERITANCE = Table(
    "warning_inheritance",
    layer="gold",
    comment="Whether a derivative kept what its parent's card warns of",
    grain="one row per child, parent and documented class that the parent's card fills",
    key=("snapshot_date", "child_id", "parent_id", "section_class"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("child_id", "string", "model_id of the derivative", required=True),
        Column("parent_id", "string", "model_id of the model it derives from", required=True),
        Column("section_class", "string", "What the parent's card warns of", required=True, values=DOCUMENTED_SECTIONS),
        count("parent_own_words", "Words of the parent's card on it"),
        flag("has_child_card", "Whether the derivative has a card with text"),
        count("child_own_words", "Words of the derivative's card on it; 0 where it says nothing"),
        flag("is_lost", "Whether the derivative's card says nothing on it"),
        flag("is_linked", "Whether the derivative's card names the parent all the same, so that a reader can find the warning"),
        share(
            "overlap_share",
            "Part of the derivative's sentences on it that stand in the card of a parent; null where it has none",
            required=False,
        ),
    ),
)

SHARED_TEXTS = Table(
    "shared_texts",
    layer="gold",
    comment="Texts on limits, bias and risks that many cards share, word for word or nearly so",
    grain="one row per group of near-copies that 20 cards or more hold",
    key=("snapshot_date", "text_id"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        Column("text_id", "string", "Digest of the group's first text, in lower case without marks, figures alike", required=True),
        Column("section_class", "string", "What the sections are about", required=True, values=SECTION_CLASSES),
        count("cards", "Models whose card holds one of the texts"),
        count("authors", "Authors of these models"),
        count("free_cards", "Of these cards, those that do not have it from the card of a listed parent"),
        flag("is_boilerplate", "Whether free_cards is 100 or more: then it counts as nobody's own words in gold.card_documentation"),
        count("variants", "Different texts in the group"),
        Column("text_ids", "array<string>", "Digests of these", required=True),
        count("word_count", "Words of the longest of them"),
        Column("example_id", "string", "The first of the models by name", required=True),
        Column("boilerplate_source", "string", "Tool or template that is known to write it; null where none is: it was copied by hand"),
    ),
)

CARD_TERMS = Table(
    "card_terms",
    layer="gold",
    comment="English terms of bias, fairness, toxicity, safety, privacy and misuse in what authors wrote themselves",
    grain="one row per model and term of conf/terms.csv that its card holds",
    key=("snapshot_date", "model_id", "term"),
    partitioned_by=BY_SNAPSHOT,
    columns=(
        SNAPSHOT_DATE,
        MODEL_ID,
        Column("term", "string", "The term, as conf/terms.csv has it", required=True),
        Column("topic", "string", "What the term belongs to", required=True, values=TERM_TOPICS),
        count("occurrences", "Sentences of the card's own words that hold it, denials left out"),
        count("denials", "Sentences that hold it only to say that there is none of it"),
        Column("tf_idf", "double", "occurrences times the logarithm of cards over cards that hold the term", required=True, at_least=0),
    ),
)
