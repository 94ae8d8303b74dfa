"""What cards admit, how that compares with published figures, and what derivatives lose."""

from hublake.explorer.data.pages.shown import Json, Shown, page_of, read_tables
from hublake.lake.enums import DOCUMENTED_SECTIONS
from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION, CARD_TERMS, DOCUMENTATION_RATES, SHARED_TEXTS, WARNING_INHERITANCE
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.reader import PublishedTables

_SILENT = ", ".join(f"count(*) FILTER (NOT has_{name}) AS {name}" for name in DOCUMENTED_SECTIONS)
_OWN_WORDS = " + ".join(f"{name}_own_words" for name in DOCUMENTED_SECTIONS)
_POPULAR = """
    SELECT documentation.*, downloads_30d, pipeline_tag FROM gold.card_documentation AS documentation
    JOIN silver.models AS models ON models.model_id = documentation.model_id AND models.snapshot_date = documentation.snapshot_date
    WHERE documentation.snapshot_date = $day AND documentation.has_card AND downloads_30d IS NOT NULL
"""
NO_CARD = "No card with text is in this snapshot. hublake crawl cards, then hublake build, reads them."
NO_CARD_SHARES = "No text is in many cards of this snapshot."
NO_WARNING = "No parent in this snapshot has a card that warns."
TITLE = "Documentation"
LEAD = "How many cards document limits, bias and risks in words of their own, where templates and copied texts do not count."
DOES_NOT_SAY = (
    "A filled section is not a good one: depth says how specific a card is on limits, bias and risks.",
    "A card that says nothing does not show that its author knows nothing.",
    "Published figures have other denominators and other rules for templates; the table states them.",
)
TABLES = (
    Shown(
        "rates",
        (DOCUMENTATION_RATES,),
        "Cards that fill a section with own words",
        """
        SELECT section_class, stratum, cards, filled, filled_share, filled_share_low, filled_share_high
        FROM gold.documentation_rates WHERE snapshot_date = $day AND cards > 0 AND section_class <> 'other'
        QUALIFY row_number() OVER (PARTITION BY section_class, split_part(stratum, ':', 1) ORDER BY cards DESC, stratum) <= 12
        ORDER BY section_class, stratum
        """,
        "Of cards with text; templates, placeholders and texts that a hundred cards share do not count. Of each kind of stratum, the 12"
        " with most cards. The intervals are 95% Wilson intervals.",
        section="Sections",
        none=NO_CARD,
    ),
    Shown(
        "published",
        (DOCUMENTATION_RATES,),
        "The same shares as published by others",
        """
        SELECT section_class, filled_share, filled_share_low, filled_share_high, cards, published_share, published_date,
               published_denominator, published_source
        FROM gold.documentation_rates WHERE snapshot_date = $day AND stratum = 'all' AND published_share IS NOT NULL
        ORDER BY published_share DESC, section_class
        """,
        "The denominators differ, as the column states. A published share may count templates that we leave out.",
        section="Published figures",
    ),
    Shown(
        "silent",
        (CARD_DOCUMENTATION, MODELS),
        "Popular models whose card says nothing on bias",
        f"""
        SELECT model_id, downloads_30d, pipeline_tag, depth, has_limitations, has_risks, has_out_of_scope, {_OWN_WORDS} AS own_words
        FROM ({_POPULAR}) WHERE NOT has_bias ORDER BY downloads_30d DESC, model_id LIMIT 100
        """,
        "At most 100, those with most downloads among models whose card has text; a model without a card is not in the list."
        " Depth is that of words on limits, bias and risks together: a card may be deep on limits and say nothing on bias.",
        {"own_words": "Words on limits, bias, risks and the like that the author wrote"},
        section="Popular and silent",
        none=NO_CARD,
    ),
    Shown(
        "silence",
        (CARD_DOCUMENTATION, MODELS),
        "The most downloaded models that say nothing on a subject",
        f"""
        WITH popular AS ({_POPULAR} ORDER BY downloads_30d DESC, documentation.model_id LIMIT 10000),
        ranked AS (SELECT *, row_number() OVER (ORDER BY downloads_30d DESC, model_id) AS rank FROM popular),
        counted AS (
            SELECT top, count(*) AS models, {_SILENT} FROM ranked, (VALUES (100), (1000), (10000)) AS tops(top)
            WHERE rank <= top GROUP BY top
        )
        SELECT section_class, top, models, silent, silent / models AS silent_share
        FROM (UNPIVOT counted ON {", ".join(DOCUMENTED_SECTIONS)} INTO NAME section_class VALUE silent)
        ORDER BY top <> 1000, top, silent DESC, section_class
        """,
        "Drawn: of the 1,000 models with most downloads whose card has text; the table has the first 100 and 10,000 as well.",
        {
            "section_class": "What the card says nothing about",
            "top": "How many of the most downloaded models with a card",
            "models": "How many of them there are",
            "silent": "Of these, models whose card has no own words on the subject",
            "silent_share": "silent divided by models",
        },
        chart={
            "kind": "bars",
            "says": "Share of silent models for each subject.",
            "value": "silent_share",
            "label": "section_class",
            "unit": "of these models",
            "also": ["silent", "models"],
            "top": len(DOCUMENTED_SECTIONS),
        },
        none=NO_CARD,
    ),
    Shown(
        "depth",
        (CARD_DOCUMENTATION,),
        "Depth of documentation of limits, bias and risks",
        """
        SELECT depth, ['0: nothing', '1: a mention', '2: own words', '3: specific', '4: with results'][depth + 1] AS documentation,
               count(*) AS models, count(*) / sum(count(*)) OVER () AS models_share FROM gold.card_documentation
        WHERE snapshot_date = $day AND depth IS NOT NULL AND has_card GROUP BY depth ORDER BY depth
        """,
        "Of limits, bias and risks together; bias alone is in the first chart."
        " 0: nothing; 1: a heading or mention; 2: own words; 3: names groups, languages, datasets or figures; 4: with results or"
        " mitigation.",
        {
            "documentation": "What the depth means",
            "models": "Models whose card has text in English, or too little to tell",
            "models_share": "models divided by all models with such a card",
        },
        chart={
            "kind": "bars",
            "says": "Share of the cards of each depth.",
            "value": "models_share",
            "label": "documentation",
            "unit": "of cards with text",
            "also": ["models"],
        },
        section="Depth",
        none=NO_CARD,
    ),
    Shown(
        "inheritance",
        (WARNING_INHERITANCE,),
        "Warnings of the parent that the derivative's card does not repeat",
        """
        SELECT section_class, is_guessed, count(*) AS pairs, count(*) FILTER (NOT has_child_card) AS without_card,
               count(*) FILTER (is_lost) AS lost, count(*) FILTER (is_lost AND is_linked) AS lost_but_linked,
               count(*) FILTER (is_lost) / count(*) AS lost_share
        FROM gold.warning_inheritance WHERE snapshot_date = $day GROUP BY ALL ORDER BY pairs DESC, section_class, is_guessed
        """,
        "Pairs of a derivative and a parent whose card fills the subject. Linked: the card names the parent, so that a reader can find it.",
        {
            "pairs": "Derivatives of a parent whose card fills the subject",
            "without_card": "Of these, derivatives without a card that has text",
            "lost": "Of pairs, derivatives whose card says nothing on it",
            "lost_but_linked": "Of lost, derivatives whose card names the parent",
            "lost_share": "lost divided by pairs",
        },
        section="Lost warnings",
        none=NO_WARNING,
    ),
    Shown(
        "lost",
        (WARNING_INHERITANCE, MODELS),
        "The most downloaded derivatives that lost a warning on bias",
        """
        SELECT child_id, parent_id, parent_own_words, has_child_card, is_linked, is_guessed, downloads_30d
        FROM gold.warning_inheritance AS inherited
        JOIN silver.models AS models ON models.model_id = child_id AND models.snapshot_date = inherited.snapshot_date
        WHERE inherited.snapshot_date = $day AND section_class = 'bias' AND is_lost
        ORDER BY downloads_30d DESC NULLS LAST, child_id, parent_id LIMIT 50
        """,
        "At most 50, those with most downloads.",
        none=NO_WARNING,
    ),
    Shown(
        "shared",
        (SHARED_TEXTS,),
        "Texts that many cards share",
        """
        SELECT section_class, cards, authors, free_cards, is_boilerplate, variants, word_count,
               coalesce(boilerplate_source, 'copied by hand') AS boilerplate_source, example_id
        FROM gold.shared_texts WHERE snapshot_date = $day ORDER BY cards DESC, text_id LIMIT 30
        """,
        "At most 30, those in most cards. Boilerplate does not count as own words.",
        section="Shared texts",
        none=NO_CARD_SHARES,
    ),
    Shown(
        "terms",
        (CARD_TERMS,),
        "Terms of bias, fairness, toxicity, safety, privacy and misuse",
        """
        SELECT topic, term, count(*) FILTER (occurrences > 0) AS cards, sum(occurrences)::BIGINT AS sentences,
               count(*) FILTER (occurrences = 0) AS cards_denying
        FROM gold.card_terms WHERE snapshot_date = $day GROUP BY topic, term ORDER BY cards DESC, term LIMIT 60
        """,
        "At most 60 terms, those in most cards, in English, in sentences that the author wrote.",
        {"cards": "Cards that use the term", "sentences": "Sentences with it", "cards_denying": "Cards that use it only to deny it"},
        chart={
            "kind": "bars",
            "says": "Number of cards that use each term.",
            "value": "cards",
            "label": "term",
            "by": "topic",
            "unit": "cards",
            "top": 20,
            "names": True,
        },
        section="Terms",
        none=NO_CARD,
    ),
)


def read(published: PublishedTables) -> Json:
    """The tables of the page."""
    tables = read_tables(published, TABLES)
    for name in ("inheritance", "lost"):
        if not tables["rates"]["rows"] and "none" in tables[name]:
            tables[name]["none"] = NO_CARD
    return page_of(globals(), tables)
