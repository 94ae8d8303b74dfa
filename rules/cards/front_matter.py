"""Find a card's front matter, parse it, and read its fields tolerantly.

The same functions read the front matter that the Hub parsed itself and put into its listing (`cardData`).
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hublake.rules.cards.safe_yaml import TooComplexYaml, load_yaml
from hublake.rules.cards.yaml_scalars import OBJECT_KEY, InvalidYaml
from hublake.rules.visible_text import visible

# The Hub and huggingface_hub define the block like this (repocard.py, REGEX_YAML_BLOCK): white space, a line `---`, anything, the first
# later line that is `---` and blanks. Two searches in place of their one lazy expression keep the cost linear. The second starts with a
# literal dash and looks back for the start of the line, which is four times as fast. White space is JavaScript's. By their expression a
# line `---` directly below the first one does not end the block: it starts the YAML document.
_BLANKS = r"[ \t\n\v\f\r\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*+"
_LINE_END = r"(?:\r\n|\r|\n)"
_OPENING = re.compile(rf"{_BLANKS}---{_LINE_END}(?P<repeated>(?:---[ \t]*+{_LINE_END})*+)")
_CLOSING = re.compile(r"---(?:(?<=\A---)|(?<=[\r\n]---))[ \t]*(?:\r\n|\r|\n|\Z)")

# The lines of a block that was never closed: `key:` in lower case, with the indented lines and list items below it, and empty lines.
_CUT_BLOCK = re.compile(
    rf"(?:[a-z][\w-]*+:(?:[ \t][^\r\n]*+)?(?:{_LINE_END}|\Z)"
    rf"(?:(?:[ \t]++[^\s]|-(?=\s|\Z))[^\r\n]*+(?:{_LINE_END}|\Z))*+(?:[ \t]*+{_LINE_END})*+)++"
)

# Misspelled keys found on the Hub -> the documented key. If both are present, the documented key wins.
MISSPELLED_KEYS = {
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

# Values nested deeper than this are ignored; no documented field is nested at all.
MAX_NESTING = 3

# A mapping in place of a name (`base_model: {model: acme/base, revision: main}`): the first of these keys that has a text names it.
_KEYS_OF_NAMES = (
    *("model_id", "repo_id", "dataset_id", "spdx_id", "id", "identifier", "code", "base_model", "model", "models", "dataset", "repo"),
    *("repository", "path", "license", "language", "name", "value", "url", "link", "href", "source"),
)
# Without such a key the values of the form owner/name (`text: acme/bert`) are the names, and otherwise the keys themselves (`- fill-mask:`,
# `mit: https://...`), but for these, which only ever qualify a name.
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_KEYS_OF_DETAILS = frozenset(
    (
        *("revision", "commit", "sha", "branch", "version", "subfolder", "filename", "parameters", "weight", "density", "layer_range"),
        *("dtype", "relation", "type", "task", "config", "split", "args", "adapter", "merge_method", "description", "notes", "metrics"),
        "results",
    )
)


class FrontMatter(NamedTuple):
    """`status` is one of YAML_STATUS, `data` the mapping if the status is valid, `body` the card's text without the block."""

    status: str
    data: dict[str, Any] | None
    body: str

    def as_json(self) -> str | None:
        return None if self.data is None else json.dumps(self.data, ensure_ascii=True, allow_nan=False)


@dataclass(frozen=True)
class CardFields:
    """The front matter fields that tables contain, as written except for white space and invisible characters. Lists keep their order."""

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


def split_front_matter(text: str, *, is_truncated: bool = False) -> FrontMatter:
    """Split a card. A block that is not a mapping is prose between two rulers, so it stays in the body.

    The lines of a block that was never closed are no prose. If the card `is_truncated`, nothing else is left of it.

    >>> split_front_matter("---\\nlicense: mit\\n---\\nHello")
    FrontMatter(status='valid', data={'license': 'mit'}, body='Hello')
    >>> split_front_matter("---\\nlicense: mit\\n\\nHello"), split_front_matter("# Title").status
    (FrontMatter(status='unclosed', data=None, body='Hello'), 'none')
    """
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter("none", None, text)
    rest = text[opening.end() :]
    is_repeated = bool(opening["repeated"])
    below_empty_block = FrontMatter("valid", {}, rest)
    closing = _CLOSING.search(rest)
    if closing is None:
        if is_repeated and not is_truncated:
            return below_empty_block
        cut = _CUT_BLOCK.match(rest)
        return FrontMatter("unclosed", None, "" if is_truncated else rest[cut.end() :] if cut else text)
    body = rest[closing.end() :]
    try:
        data = load_yaml(rest[: closing.start()].removesuffix("\n").removesuffix("\r"))
    except TooComplexYaml:
        return FrontMatter("too_complex", None, body)
    except InvalidYaml:
        return FrontMatter("invalid", None, body)
    if isinstance(data, dict):
        return FrontMatter("valid", data, body)
    if is_repeated:
        return below_empty_block
    return FrontMatter("valid", {}, body) if data is None else FrontMatter("not_a_mapping", None, text)


def declared_fields(front: FrontMatter, card_data: str | None) -> tuple[CardFields, str | None]:
    """The fields that a card declares and their source: its front matter or, if that declares nothing or cannot be read, the Hub's parse.

    `card_data` is the JSON text of the listing's `cardData`. The source is None if neither declares a field.

    >>> fields, source = declared_fields(split_front_matter("---\\nlicense: [mit\\n---\\n"), '{"license": "mit"}')
    >>> fields.licenses, source
    (['mit'], 'card_data')
    """
    if front.data:
        return parse_fields(front.data), "card"
    fields = parse_card_data(card_data)
    return fields, None if fields == NO_FIELDS else "card_data"


def parse_fields(data: dict[str, Any]) -> CardFields:
    """Read the fields from a mapping of any shape: one value or many, nested, null, true or false, a mapping in place of a name.

    Only `license_name` and `card_tags`, which are prose or words of any language, keep invisible characters.

    >>> parse_fields({"license": ["mit"], "language": False, "tags": [{"fill-mask": None}, None, "x"], "datasets": "squad"})
    ... # doctest: +ELLIPSIS +NORMALIZE_WHITESPACE
    CardFields(licenses=['mit'], ..., languages=['no'], datasets=['squad'], ..., card_tags=['fill-mask', 'x'], ...)
    """
    fields = {documented: data[key] for key, documented in MISSPELLED_KEYS.items() if key in data} | data
    return CardFields(
        licenses=text_values(fields.get("license")),
        license_name=_first_text(fields.get("license_name"), clean=str),
        license_link=_first_text(fields.get("license_link")),
        languages=text_values(fields.get("language"), false="no"),
        datasets=text_values(fields.get("datasets")),
        base_models=text_values(fields.get("base_model")),
        base_model_relation=_first_text(fields.get("base_model_relation")),
        card_tags=text_values(fields.get("tags"), clean=str),
        library_name=_first_text(fields.get("library_name")),
        pipeline_tag=_first_text(fields.get("pipeline_tag")),
    )


NO_FIELDS = CardFields()  # shared: callers must not change its lists


def parse_card_data(card_data: str | None) -> CardFields:
    """Read the same fields from the JSON text of a listing's `cardData`; no fields if it is missing or not a mapping."""
    if not card_data:
        return NO_FIELDS
    try:
        data = json.loads(card_data)
    except (ValueError, RecursionError):
        return NO_FIELDS
    return parse_fields(data) if isinstance(data, dict) else NO_FIELDS


def text_values(value: Any, *, false: str | None = None, clean: Callable[[str], str] = visible, depth: int = 0) -> list[str]:
    """Collect the distinct texts in a value: the name in a mapping, the digits of a number, nothing for null and true.

    `false` replaces the value false: parsers of YAML 1.1 read Norwegian `no` as false.
    """
    match value:
        case str():
            found = [clean(clean_text(value))]
        case bool():
            found = [false] if value is False and false else []
        case int() | float():
            found = [str(value)]
        case dict() if depth < MAX_NESTING:
            found = text_values(_names_in(value), false=false, clean=clean, depth=depth)
        case list() if depth < MAX_NESTING:
            found = [text for item in value for text in text_values(item, false=false, clean=clean, depth=depth + 1)]
        case _:
            found = []
    return list(dict.fromkeys(text for text in found if text))


def _names_in(mapping: dict[Any, Any]) -> list[Any]:
    """The names, or the values that contain them, in a mapping that replaces a name. A template expression left in a card names nothing.

    >>> _names_in({"revision": "main", "model": "acme/base"}), _names_in({"fill-mask": None}), _names_in({"acme/base": {"weight": 0.5}})
    (['acme/base'], ['fill-mask'], ['acme/base'])
    """
    for key in _KEYS_OF_NAMES:
        if mapping.get(key) not in (None, "", [], {}):
            return [mapping[key]]
    if not any("/" in str(key) for key in mapping):
        ids = [value for value in mapping.values() if isinstance(value, str) and _HUB_ID.fullmatch(visible(value))]
        if ids:
            return ids
    return [
        key
        for key, value in mapping.items()
        if key != OBJECT_KEY and (key not in _KEYS_OF_DETAILS or (value is None and len(mapping) == 1))
    ]


def clean_text(text: str) -> str:
    """Remove surrounding white space, NULs and lone surrogates; Arrow rejects the last two."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").strip()


def _first_text(value: Any, *, clean: Callable[[str], str] = visible) -> str | None:
    found = text_values(value, clean=clean)
    return found[0] if found else None
