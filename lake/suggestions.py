"""Suggestions for a name that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN = 3
LONGEST = 200  # characters that are compared: difflib takes quadratic time
CLOSENESS = 0.7  # of difflib's ratio, 0 to 1: one wrong letter in four


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A sentence with the closest known names, and a blank before it; empty if none is close.

    >>> did_you_mean("modles", ["models", "cards"])
    " Did you mean 'models'?"
    >>> did_you_mean("nothing", ["models", "cards"])
    ''
    """
    spelled = {candidate[:LONGEST].lower(): candidate for candidate in known}
    return suggestion(spelled[match] for match in get_close_matches(name[:LONGEST].lower(), spelled, SHOWN, CLOSENESS))


def suggestion(names: Iterable[str]) -> str:
    """A sentence that suggests these names, best first, and a blank before it; empty without names."""
    quoted = [f"'{name}'" for name in names]
    return f" Did you mean {' or '.join(quoted)}?" if quoted else ""
