"""The opt-out list, conf/opt_out.csv: accounts and repositories that must not be in the warehouse.

The crawler neither fetches nor stores what is listed there, and silver leaves out what was stored before.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from hublake.lake.errors import WrongUse
from hublake.lake.repo_ids import looks_like_model_id
from hublake.lake.settings import conf_folder

FILE_NAME = "opt_out.csv"


@dataclass(frozen=True)
class OptOut:
    """`ids` in lower case. An account's id covers all of its repositories; a repository's id covers only that one."""

    ids: frozenset[str] = frozenset()

    def __contains__(self, name: str | None) -> bool:
        """Whether an account or a repository is covered. Letter case does not matter, as everywhere on the Hub.

        >>> opt_out = OptOut(frozenset({"acme", "bob/diary"}))
        >>> [name in opt_out for name in ("Acme/x", "ACME", "bob/Diary", "bob/other", "bob", "acme2/x", None)]
        [True, True, True, False, False, False, False]
        """
        lower = (name or "").lower()
        return lower in self.ids or lower.partition("/")[0] in self.ids


@cache
def load_opt_out() -> OptOut:
    """Load the list of this deployment. Raises WrongUse for an invalid id, which would protect nobody."""
    text = (conf_folder() / FILE_NAME).read_text("utf-8")
    return parse_opt_out(csv.DictReader(io.StringIO(text, newline="")))


def parse_opt_out(rows: Iterable[dict[str, str | None]]) -> OptOut:
    """Parse rows with a column `id`."""
    ids = [(row.get("id") or "").strip() for row in rows]
    invalid = [name for name in ids if not looks_like_model_id(name)]
    if invalid:
        raise WrongUse(f"conf/{FILE_NAME}: {invalid[0]!r} is neither an owner nor owner/name. Write the id alone, without an address.")
    return OptOut(frozenset(name.lower() for name in ids))
