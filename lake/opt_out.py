"""Who does not want to be here: conf/opt_out.csv, and what it covers.

What is listed there is neither fetched nor stored by the crawler, and silver leaves out what was stored before.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from hublake.lake.errors import WrongUse
from hublake.lake.repo_ids import looks_like_model_id
from hublake.lake.settings import conf_folder

LIST = "opt_out.csv"


@dataclass(frozen=True)
class OptOut:
    """`ids` in lower case, each an owner, who is covered with everything he has, or one repository."""

    ids: frozenset[str] = frozenset()

    def __contains__(self, name: str | None) -> bool:
        """Whether an account's name or a repository's id is covered; letter case does not matter, as nowhere on the Hub.

        >>> out = OptOut(frozenset({"acme", "bob/diary"}))
        >>> [name in out for name in ("Acme/x", "ACME", "bob/Diary", "bob/other", "bob", "acme2/x", None)]
        [True, True, True, False, False, False, False]
        """
        folded = (name or "").lower()
        return folded in self.ids or folded.partition("/")[0] in self.ids


@cache
def opted_out() -> OptOut:
    """The list of this place. Raises WrongUse on a line whose id is none: it would protect nobody."""
    text = (conf_folder() / LIST).read_text("utf-8")
    return read(csv.DictReader(io.StringIO(text, newline="")))


def read(rows: Iterable[dict[str, str | None]]) -> OptOut:
    """From lines with a column `id`."""
    ids = [(row.get("id") or "").strip() for row in rows]
    wrong = [name for name in ids if not looks_like_model_id(name)]
    if wrong:
        raise WrongUse(f"conf/{LIST}: {wrong[0]!r} is neither an owner nor owner/name. Write the id alone, without an address.")
    return OptOut(frozenset(name.lower() for name in ids))
