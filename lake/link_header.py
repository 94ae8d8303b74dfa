"""Parses a Link header in linear time: it may be repeated, absurd or very long."""

import re
from collections.abc import Iterator

# Quantifiers are possessive (`*+`): they never backtrack, so a long run of blanks is read once.
PARAMETER = re.compile(r';[ \t]*+([^\s=;,"<>]++)[ \t]*+(?:=[ \t]*+(?:"([^"]*+)"?|([^\s;,"<>]*+))[ \t]*+)?')


def next_targets(link: str) -> Iterator[str]:
    """Yield the target of each link of a Link header whose relations include `next`."""
    position = link.find("<")
    while position >= 0:
        end = link.find(">", position)
        if end < 0:
            return
        target, relation = link[position + 1 : end], None
        position = _skip_blanks(link, end + 1)
        while parameter := PARAMETER.match(link, position):
            name, quoted, bare = parameter.groups()
            if relation is None and name.lower() == "rel":  # later ones do not count
                relation = quoted if quoted is not None else bare or ""
            position = parameter.end()
        if "next" in (relation or "").lower().split():
            yield target.strip()
        position = link.find("<", position)


def _skip_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t":
        position += 1
    return position
