"""A card's front matter: where it is, what it says, and its fields read with patience.

The same reading serves the front matter that the Hub parsed and put into its listing (`cardData`).
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hublake.rules.cards.safe_yaml import InvalidYaml, TooComplexYaml, load

# The Hub and huggingface_hub find the block so (repocard.py, REGEX_YAML_BLOCK): white space, a line `---`, anything,
# the first line that is `---` and blanks. Two searches in place of their one lazy expression keep it linear; that the second begins
# with a dash, and looks back for the line's beginning, makes it four times as fast.
_OPENING = re.compile(r"\s*---(?:\r\n|\r|\n)")
_CLOSING = re.compile(r"---(?:(?<=\A---)|(?<=[\r\n]---))[ \t]*(?:\r\n|\r|\n|\Z)")

# Misspelt keys seen on the Hub -> the documented key; the documented one wins where both stand.
MISSPELT = {
    "licence": "license",
    "liscence": "license",
    "lisence": "license",
    "licenses": "license",
    "languages": "language",
    "dataset": "datasets",
    "tag": "tags",
    "base-model": "base_model",
    "base_models": "base_model",
    "base_model_relations": "base_model_relation",
    "library_tag": "library_name",
    "library-name": "library_name",
    "pipeline-tag": "pipeline_tag",
}

# Deeper lists than this are not looked into; no documented field nests at all.
MAX_NESTING = 3


class FrontMatter(NamedTuple):
    """`status` is one of YAML_STATUS, `data` the mapping where it is valid, `body` the card's text without the block."""

    status: str
    data: dict[str, Any] | None
    body: str

    def as_json(self) -> str | None:
        return None if self.data is None else json.dumps(self.data, ensure_ascii=True, allow_nan=False)


@dataclass(frozen=True)
class Declared:
    """The fields of front matter that tables carry, as written but for blanks around them; lists keep their order."""

    licenses: list[str] = field(default_factory=list)
    license_name: str | None = None
    license_link: str | None = None
    languages: list[str] = field(default_factory=list)
    datasets: list[str] = field(default_factory=list)
    base_models: list[str] = field(default_factory=list)
    base_model_relation: str | None = None
    card_tags: list[str] = field(default_factory=list)
    library_name: str | None = None
    pipeline_tag: str | None = None

    def as_columns(self) -> dict[str, Any]:
        return dict(vars(self))


def read_card(text: str) -> FrontMatter:
    """Split a card. A block that is no mapping is prose between two rules, so it stays in the body.

    >>> read_card("---\\nlicense: mit\\n---\\nHello")
    FrontMatter(status='valid', data={'license': 'mit'}, body='Hello')
    >>> read_card("---\\nlicense: mit\\n").status, read_card("# Title").status
    ('unclosed', 'none')
    """
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter("none", None, text)
    rest = text[opening.end() :]
    closing = _CLOSING.search(rest)
    if closing is None:
        return FrontMatter("unclosed", None, text)
    body = rest[closing.end() :]
    try:
        data = load(rest[: closing.start()].removesuffix("\n").removesuffix("\r"))
    except TooComplexYaml:
        return FrontMatter("too_complex", None, body)
    except InvalidYaml:
        return FrontMatter("invalid", None, body)
    if data is None:
        return FrontMatter("valid", {}, body)
    if not isinstance(data, dict):
        return FrontMatter("not_a_mapping", None, text)
    return FrontMatter("valid", data, body)


def declared(data: dict[str, Any]) -> Declared:
    """Fields of a mapping of any shape: one or many, nested, null, true or false, a mapping where a name should be.

    >>> declared({"license": ["mit"], "language": False, "tags": [{"fill-mask": None}, None, "x"], "datasets": "squad"})
    ... # doctest: +ELLIPSIS +NORMALIZE_WHITESPACE
    Declared(licenses=['mit'], ..., languages=['no'], datasets=['squad'], ..., card_tags=['fill-mask', 'x'], ...)
    """
    fields = {documented: data[key] for key, documented in MISSPELT.items() if key in data} | data
    return Declared(
        licenses=texts(fields.get("license")),
        license_name=_one(fields.get("license_name")),
        license_link=_one(fields.get("license_link")),
        languages=texts(fields.get("language"), false="no"),
        datasets=texts(fields.get("datasets")),
        base_models=texts(fields.get("base_model")),
        base_model_relation=_one(fields.get("base_model_relation")),
        card_tags=texts(fields.get("tags")),
        library_name=_one(fields.get("library_name")),
        pipeline_tag=_one(fields.get("pipeline_tag")),
    )


NOTHING = Declared()  # of which nobody changes a list


def declared_in_json(card_data: str | None) -> Declared:
    """The same from the JSON text of a listing's `cardData`; nothing where it is absent or no mapping."""
    if not card_data:
        return NOTHING
    try:
        data = json.loads(card_data)
    except (ValueError, RecursionError):
        return NOTHING
    return declared(data) if isinstance(data, dict) else NOTHING


def texts(value: Any, *, false: str | None = None, depth: int = 0) -> list[str]:
    """All texts in a value, each once: a mapping stands for its keys, numbers for their digits, null and true for nothing.

    `false` is what the value false stands for: parsers of YAML 1.1 make it of Norwegian `no`.
    """
    match value:
        case str():
            found = [clean(value)]
        case bool():
            found = [false] if value is False and false else []
        case int() | float():
            found = [str(value)]
        case dict() | list() if depth < MAX_NESTING:
            found = [text for item in value for text in texts(item, false=false, depth=depth + 1)]
        case _:
            found = []
    return list(dict.fromkeys(text for text in found if text))


def clean(text: str) -> str:
    """Without blanks around, NULs and lone surrogates, which Arrow refuses."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").strip()


def _one(value: Any) -> str | None:
    found = texts(value)
    return found[0] if found else None
