"""Parse the name of a model: which series of which vendor it names, and what the rest of the name says.

A line is a vendor's product without its version (`deepseek-coder`); a line with its version is a series (`deepseek-coder-v2`). Lines and
the way their vendors write versions are in conf/model_lines.csv. A name without a known line follows the pattern that most names have:
brand, version, size, stage, format.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from hublake.lake.curated import curated
from hublake.rules.vendors.name_tokens import SIZE_LETTERS, Token, name_tokens

# Share of right series of labelled names, rounded down to 0.05 (benchmarks/series_truth.py); `pattern` without the list of lines.
CONFIDENCE = {"curated": 0.95, "pattern": 0.8, "none": 0.0}

# How the version of a line is recognised and written. joined: qwen2.5; hyphen: gemma-3; dot: flux.1; v: deepseek-coder-v2;
# size: mistral-7b; none: versions are revisions of one series (minicpm-v).
_SEPARATORS = {"joined": "", "hyphen": "-", "dot": ".", "v": "-"}
_REPACKAGER_MARKS = frozenset(("unsloth", "i1", "imatrix", "lmstudio", "autoround"))
_MAX_BRAND_WORDS = 4


class Line(NamedTuple):
    """A row of conf/model_lines.csv; `owners` are accounts in lower case.

    In repositories of others, an ordinary word (step) names a line only at the beginning and with a version.
    """

    name: str
    words: tuple[str, ...]
    version: str
    owners: frozenset[str]
    is_ordinary_word: bool


class Mention(NamedTuple):
    """A line in a name, from the token at `begin` to the one before `end`; `has_version` if the name states the version."""

    line: Line
    series: str
    has_version: bool
    begin: int
    end: int


class ModelName(NamedTuple):
    """What a name says; None or empty: nothing. `origin_in_name` is a series of another account that the name contains."""

    brand: str | None
    series: str | None
    origin_in_name: str | None
    variant: tuple[str, ...]
    size_text: str | None
    active_size_text: str | None
    stage: str | None
    revision: str | None
    formats: tuple[str, ...]
    is_quantised: bool
    repackager_mark: str | None
    is_vendor_own: bool
    method: str

    @property
    def confidence(self) -> float:
        """The measured share of right series among those found by this method."""
        return CONFIDENCE[self.method]


class _Scanned(NamedTuple):
    """What a name says regardless of who owns the repository; `words` is (position, kind, value) of all but the words of a brand."""

    mentions: tuple[Mention, ...]
    pattern: tuple[str, str, int] | None
    repackager_mark: str | None
    words: tuple[tuple[int, str, str], ...]


def parse_model_name(model_id: str) -> ModelName:
    """Parse owner/name. The series is the owner's own if the name contains one; else the one that the name begins with.

    >>> parsed = parse_model_name("Qwen/Qwen2.5-Coder-7B-Instruct-AWQ")
    >>> parsed.series, parsed.variant, parsed.size_text, parsed.stage, parsed.formats, parsed.is_vendor_own
    ('qwen2.5', ('coder',), '7b', 'instruct', ('awq',), True)
    >>> parsed = parse_model_name("allenai/Llama-3.1-Tulu-3-8B")
    >>> parsed.series, parsed.origin_in_name
    ('llama-3.1-tulu-3', 'llama-3.1')
    >>> parsed = parse_model_name("someone/Meta-Llama-3-8B-GGUF")
    >>> parsed.series, parsed.is_vendor_own, parse_model_name("someone/my-model").method
    ('llama-3', False, 'none')
    """
    owner, _, name = model_id.rpartition("/")
    scanned = _scan(name)
    own, leading, origin = _roles(scanned.mentions, owner.lower())
    found: tuple[str | None, str | None, int, str] = (None, None, 0, "none")
    if own is not None:
        found = (own.line.name, own.series if leading is None else f"{leading.series}-{own.series}", own.end, "curated")
    elif leading is not None:
        found = (leading.line.name, leading.series, leading.end, "curated")
    elif scanned.pattern is not None:
        found = (*scanned.pattern, "pattern")
    brand, series, end, method = found
    values = _values(scanned.words, end)
    formats = (*values.get("format", ()), *values.get("quantisation", ()))
    is_copy = scanned.repackager_mark is not None or (bool(formats) and origin is not None)
    return ModelName(
        brand,
        series,
        origin,
        tuple(values.get("variant", ())),
        _first(values, "size"),
        _first(values, "active_size"),
        _first(values, "stage"),
        _first(values, "version") or "-".join(values.get("date", ())[:2]) or None,
        formats,
        "quantisation" in values,
        scanned.repackager_mark,
        own is not None or (method == "pattern" and not is_copy),
        method,
    )


def _roles(mentions: Sequence[Mention], account: str) -> tuple[Mention | None, Mention | None, str | None]:
    """The account's own line, another's line that the name begins with, and the series of another that the name states."""
    own = leading = origin = None
    for mention in mentions:
        line = mention.line
        if account in line.owners:
            own = own or mention
        elif _is_clear(mention):
            if mention.begin == 0:
                leading = mention
            if origin is None and (mention.has_version or mention.begin == 0):
                origin = mention
    # "Llama" before an own line has no version: the series that is meant is unknown.
    if origin is not None and own is not None and not origin.has_version:
        origin = None
    return own, leading, origin and origin.series


def _is_clear(mention: Mention) -> bool:
    """Whether a mention means the line also in a repository of others."""
    return not mention.line.is_ordinary_word or (mention.begin == 0 and mention.has_version and mention.line.version != "none")


def _values(words: Sequence[tuple[int, str, str]], end: int) -> dict[str, list[str]]:
    """Kind -> distinct values of the words after the series, in their order."""
    values: dict[str, list[str]] = {}
    for position, kind, value in words:
        if position >= end and value not in (of_kind := values.setdefault(kind, [])):
            of_kind.append(value)
    return values


def _first(values: dict[str, list[str]], kind: str) -> str | None:
    return values[kind][0] if kind in values else None


def _scan(name: str) -> _Scanned:
    mark, tokens = _without_owner(name)
    mentions = tuple(_mentions(tokens))
    words = []
    for position, (text, kind, value, _, _) in enumerate(tokens):
        if kind != "word" and kind != "grade":
            words.append((position, kind, value))
        if mark is None and text in _REPACKAGER_MARKS:
            mark = text
    return _Scanned(mentions, _by_pattern(tokens, mentions), mark, tuple(words))


def _without_owner(name: str) -> tuple[str | None, list[Token]]:
    """The original owner that copies have in their names (Qwen_Qwen3-8B-GGUF), if a line of that owner follows, and the other words."""
    owner, separator, rest = name.partition("_")
    if separator and owner.lower() in _owners():
        tokens = name_tokens(rest)
        if any(mention.begin == 0 and owner.lower() in mention.line.owners for mention in _mentions(tokens)):
            return owner, tokens
    return None, name_tokens(name)


def _mentions(tokens: Sequence[Token]) -> list[Mention]:
    """The lines in a name from left to right, without overlaps; the longest line at each position."""
    found: list[Mention] = []
    lines, position = _lines(), 0
    while position < len(tokens):
        token = tokens[position]
        candidates = lines.get(token.text) or (lines.get(token.stem) if token.version else None)
        mention = _mention_at(tokens, position, candidates) if candidates else None
        if mention is None:
            position += 1
        else:
            found.append(mention)
            position = mention.end
    return found


def _mention_at(tokens: Sequence[Token], begin: int, candidates: Sequence[Line]) -> Mention | None:
    for line in candidates:
        end = begin + len(line.words)
        if end > len(tokens) or any(tokens[begin + index].text != word for index, word in enumerate(line.words[:-1])):
            continue
        last = tokens[end - 1]
        if last.text == line.words[-1]:
            return _versioned(tokens, line, begin, end)
        # A version of one digit may be the end of a line's own name: gpt2, t5.
        if last.stem == line.words[-1] and last.version:
            version = _joined_version(last.version) if line.version in _SEPARATORS else ""
            return Mention(line, _series(line, version), bool(version), begin, end)
    return None


def _versioned(tokens: Sequence[Token], line: Line, begin: int, end: int) -> Mention:
    """The line and the version that follows, directly or after one word of grade (Ling-flash-2.0)."""
    following = tokens[end : end + 2]
    if line.version == "size":
        if following and following[0].kind == "size":
            return Mention(line, f"{line.name}-{following[0].text}", True, begin, end)
    elif line.version in _SEPARATORS:
        for distance, token in enumerate(following, start=1):
            if _is_version_of(line, token):
                return Mention(line, _series(line, token.text.removeprefix("v")), True, begin, end + distance)
            if token.kind != "grade":
                break
    return Mention(line, line.name, line.version == "none", begin, end)


def _joined_version(version: str) -> str:
    """qwen25 is qwen2.5: versions that are joined to a brand have one digit before the point."""
    return f"{version[0]}.{version[1]}" if len(version) == 2 and version.isdigit() else version


def _is_version_of(line: Line, token: Token) -> bool:
    is_version = token.kind == "version" and token.text[-1] not in SIZE_LETTERS
    return is_version and token.text.startswith("v") == (line.version == "v")


def _series(line: Line, version: str) -> str:
    """The line with its version, of which two parts count (4.0.1 is a correction of 4.0)."""
    if not version:
        return line.name
    short = ".".join(version.split(".")[:2])
    return f"{line.name}{_SEPARATORS[line.version]}{'v' if line.version == 'v' else ''}{short}"


def _by_pattern(tokens: Sequence[Token], mentions: Sequence[Mention]) -> tuple[str, str, int] | None:
    """Brand, series and end by position: words up to a version, size, stage, date or format, or up to the name of a line.

    Words of grade are no part of the brand unless they begin it. A name without any such end may be of any kind, so it has no series.
    """
    limit = next((mention.begin for mention in mentions if _is_clear(mention)), len(tokens))
    words: list[str] = []
    for position, token in enumerate(tokens[:limit]):
        if token.version and len(token.stem) > 1:
            words.append(token.stem)
            return ("-".join(words), "-".join([*words[:-1], token.text]), position + 1) if len(words) <= _MAX_BRAND_WORDS else None
        if token.kind == "version" and words and _is_versionlike(token.text):
            brand = "-".join(words)
            return (brand, f"{brand}-{token.text}", position + 1) if len(words) <= _MAX_BRAND_WORDS else None
        if token.kind in ("word", "variant") or (token.kind == "grade" and not words):
            words.append(token.text)
        elif token.kind != "grade":
            break
    else:
        position = limit
        if limit == len(tokens):
            return None
    brand = "-".join(words)
    return (brand, brand, position) if 0 < len(words) <= _MAX_BRAND_WORDS and len(brand) > 1 else None


def _is_versionlike(number: str) -> bool:
    """Whether a number after a brand is its version: 3, 2.5, v12; not 50, which more often counts steps or layers."""
    return number != "0" and (len(number) == 1 or not number.isdigit())


@cache
def _lines() -> dict[str, tuple[Line, ...]]:
    """First word -> the lines that begin with it, longest first."""
    lines: dict[str, list[Line]] = {}
    for row in curated("model_lines"):
        words = tuple(row["line"].split("-"))
        owners = frozenset(row["owners"].lower().split())
        line = Line(row["line"].removeprefix("meta-"), words, row["version"], owners, row["is_ordinary_word"] == "true")
        lines.setdefault(words[0], []).append(line)
    return {first: tuple(sorted(of_word, key=lambda line: -len(line.words))) for first, of_word in lines.items()}


def line_names() -> frozenset[str]:
    """The brands of curated series: those of other series are the words of a name.

    >>> "llama" in line_names()
    True
    """
    return frozenset(line.name for lines in _lines().values() for line in lines)


@cache
def _owners() -> frozenset[str]:
    return frozenset(owner for lines in _lines().values() for line in lines for owner in line.owners)
