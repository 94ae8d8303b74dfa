"""Parents that no listing names so -> the listed models that are meant, by what people and accounts do to names.

Each way asks for evidence of its own; that a name only resembles another is none.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from hublake.lake.curated import curated
from hublake.lake.repo_ids import author_of

LEAST_MOVED = 2  # names of a vanished account that another must list before it counts as the same account renamed
SHORTEST = 5  # letters of a name that can tell so: g1 and test are listed by many
LEAST_ALONE = 8  # letters of a name that tells a model without its account: mistral and whisper are families
DOMINANT = 0.9  # share of the downloads of all models of a name that the one has which is meant by the name alone
LEAST_DOWNLOADS = 1000  # of that model in 30 days: below, a share says nothing
# A separator between digits tells numbers apart (v1-1 is not v11), elsewhere it is a matter of taste, as is case.
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[-_ ]+(?=\d)")
_SEPARATOR = re.compile(r"(?<!\d)[-_ ]+|[-_ ]+(?!\d)|[.,;:]+$")

Name = str


class Resolved(NamedTuple):
    """`way` is one of hublake.lake.enums.RESOLUTIONS."""

    model_id: Name
    way: str


def spelling(model_id: Name) -> str:
    """What spellings of one name have in common.

    >>> spelling("Acme/Llama_3-8B") == spelling("acme/llama-3-8b"), spelling("a/tiny-1.3B") == spelling("a/tiny-13B")
    (True, False)
    """
    return _SEPARATOR.sub("", _BETWEEN_DIGITS.sub("\0", model_id.strip().lower()))


class Renames:
    """Resolves names within one listing.

    `wanted`: (parent that is not listed, a child of it); `listed`: models whose own names are spelt like one of them, with
    their downloads; `accounts`: those of the parents' accounts that list any model, in lower case; `known`: way -> parent ->
    listed model, of the ways that need more than names (history, taught).
    """

    def __init__(
        self,
        wanted: Iterable[tuple[Name, str]],
        listed: Mapping[Name, int],
        accounts: Iterable[str],
        known: Mapping[str, Mapping[Name, Name]],
    ) -> None:
        self.listed = listed
        self.known = known
        self.accounts = frozenset(accounts)
        self.by_case: dict[str, list[Name]] = defaultdict(list)
        self.by_spelling: dict[str, list[Name]] = defaultdict(list)
        self.by_own_name: dict[str, list[Name]] = defaultdict(list)
        for name in listed:
            self.by_case[name.lower()].append(name)
            self.by_spelling[spelling(name)].append(name)
            self.by_own_name[_own_name(name)].append(name)
        self.renamed_accounts = self._renamed_accounts({parent for parent, _ in wanted})

    def find(self, parent: Name, child: Name) -> Resolved | None:
        """The model that is meant, by the first way that tells of one, surest first."""
        moved = _moves().get(parent.lower())
        ways = {
            "history": self.known["history"].get(parent),
            "case": self._only(self.by_case[parent.lower()]),
            "taught": self.known["taught"].get(parent),
            "moved": moved if moved in self.listed else None,
            "account": self._in_account(self.renamed_accounts.get(_account(parent), ""), parent),
            "own": self._own(parent, child),
            "spelling": self._only(self.by_spelling[spelling(parent)]),
            "same_name": None if "/" in parent else self._dominant(parent),
        }
        return next((Resolved(name, way) for way, name in ways.items() if name), None)

    def _renamed_accounts(self, parents: Iterable[Name]) -> dict[str, str]:
        """Account that lists nothing any more -> the one that lists most of its models that others still name."""
        listing: dict[str, Counter[str]] = defaultdict(Counter)
        told = {parent.lower() for parent in parents if "/" in parent and len(_own_name(parent)) >= SHORTEST}
        for parent in filter(self._is_gone, told):
            listing[_account(parent)].update({_account(name) for name in self.by_own_name[_own_name(parent)] if "/" in name})
        found = {}
        for account, counts in listing.items():
            (first, votes), (_, next_votes) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
            if votes >= LEAST_MOVED and votes > next_votes:
                found[account] = first
        return found

    def _is_gone(self, parent: Name) -> bool:
        """Whether the part before the slash is no account that lists models: it has been renamed, or was a folder."""
        return _account(parent) not in self.accounts

    def _in_account(self, account: str, parent: Name) -> Name | None:
        return self._only(self.by_case[f"{account}/{_own_name(parent)}".lower()]) if account else None

    def _own(self, parent: Name, child: Name) -> Name | None:
        """A model of the child's author; one that is named after another's is not meant by that other's name."""
        found = self._in_account(_account(child), parent) if self._is_gone(parent) else None
        return None if "/" in parent and found == child else found

    def _dominant(self, parent: Name) -> Name | None:
        """The one model of a name that nearly all who use that name use."""
        if len(parent) < LEAST_ALONE:
            return None
        downloads = {name: self.listed[name] for name in self.by_own_name[_own_name(parent)]}
        first = max(downloads, key=lambda name: downloads[name], default=None)
        if first is None or downloads[first] < max(LEAST_DOWNLOADS, DOMINANT * sum(downloads.values())):
            return None
        return first

    @staticmethod
    def _only(names: list[Name]) -> Name | None:
        """Where several models differ by case or spelling alone, none is meant."""
        return names[0] if len(names) == 1 else None


def _own_name(model_id: Name) -> str:
    return model_id.rpartition("/")[2].lower()


def _account(model_id: Name) -> str:
    return (author_of(model_id) or "").lower()


@cache
def _moves() -> dict[str, Name]:
    """Where the Hub moved its canonical models (conf/canonical_names.csv), by their names in lower case."""
    return {row["old"].lower(): row["new"] for row in curated("canonical_names")}
