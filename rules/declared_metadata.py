"""What a model declares in its metadata, and where.

The source is the card's own front matter. Where that declares nothing or cannot be read, it is the Hub's parse of it, which the listing
contains. hublake.rules.cards.front_matter.declared_fields makes that choice for models with a fetched card.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hublake.rules.cards.front_matter import parse_card_data

Record = Mapping[str, Any]


class DeclaredMetadata(NamedTuple):
    """The fields that a model declares, and their source: `card` or `card_data`."""

    source: str
    fields: Record

    def by_source(self, field: str) -> tuple[list[str], list[str]]:
        """(texts of the card, texts of the Hub's parse) in a field that is a list; one of the two is empty."""
        texts = self.fields[field] or []
        return (texts, []) if self.source == "card" else ([], texts)


def declared_metadata(row: Record) -> DeclaredMetadata:
    """The declared metadata of a model: `fields_source`, and either card_data or the fields of the card."""
    if row["fields_source"] is None:
        return DeclaredMetadata("card_data", parse_card_data(row["card_data"]).as_columns())
    return DeclaredMetadata(row["fields_source"], row)
