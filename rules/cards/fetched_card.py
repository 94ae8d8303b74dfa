"""A fetched card: its front matter and text, from the bytes of a response."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hublake.rules.cards.card_text import decode_card, word_count_and_language
from hublake.rules.cards.front_matter import FrontMatter, split_front_matter

CARD_COLUMNS = ("hub_id", "sha", "card_bytes", "encoding", "is_truncated")


class ReadCard(NamedTuple):
    """A card: its front matter, and the columns that its bytes yield in the tables of cards."""

    front: FrontMatter
    columns: dict[str, Any]


def read_card(row: Mapping[str, Any]) -> ReadCard:
    """Decode and split the card of a record with `body` and CARD_COLUMNS."""
    content, text = decode_card(row["body"] or b"", row["encoding"])
    front, words, language = FrontMatter("none", None, ""), 0, None
    if text is not None:
        front = split_front_matter(text, is_truncated=row["is_truncated"])
        words, language = word_count_and_language(front.body)
    columns = {name: row[name] for name in CARD_COLUMNS} | {
        "encoding": row["encoding"] or "unknown",
        "content": content,
        "yaml_status": front.status,
        "front_matter": front.as_json(),
        "word_count": words,
        "language_of_text": language,
        "text": None if text is None else front.body,
    }
    return ReadCard(front, columns)
