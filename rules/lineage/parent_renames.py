"""Find the listed model that is meant by a parent whose name is not listed: models and accounts are renamed, and names are misspelt.

Each method (enums.RESOLUTIONS) needs its own evidence; a merely similar name is none.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hublake.lake.repo_ids import author_of
from hublake.rules.lineage.canonical_names import canonical_home

MIN_MOVED_MODELS = 2  # an account counts as renamed if another account lists at least this many of its models
# An account that still lists models has moved a part of them if another account lists at least this many of the models that children
# declare under the old account and that it no longer lists, this share of them, and more than this many times as many as any third account.
MIN_PARTLY_MOVED_MODELS, MIN_MOVED_SHARE, MIN_LEAD = 3, 0.5, 2
MIN_MOVED_LETTERS = 5  # minimum length of a model name that proves a move: many accounts list names like g1 and test
MIN_BARE_LETTERS = 8  # minimum length of a name that identifies a model without its account: mistral and whisper are families
DOMINANT_SHARE = 0.9  # a bare name means the model that has this share of the downloads of all models of that name
BY_NAME_ALONE = ("account", "own", "spelling", "same_name")
MIN_DOMINANT_DOWNLOADS = 1000  # of that model in 30 days: below, the share is not meaningful
# A separator between digits is significant (v1-1 is not v11); elsewhere it is a matter of style, as is case.
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[-_ ]+(?=\d)")
_SEPARATOR = re.compile(r"(?<!\d)[-_ ]+|[-_ ]+(?!\d)")
_END_OF_SENTENCE = ".,;:"

Name = str


class ResolvedParent(NamedTuple):
    """`resolved_by` is one of hublake.lake.enums.RESOLUTIONS."""

    model_id: Name
    resolved_by: str


def normalised_spelling(model_id: Name) -> str:
    """A key that is equal for names that differ only in case and separators.

    >>> normalised_spelling("Acme/Llama_3-8B") == normalised_spelling("acme/llama-3-8b")
    True
    >>> normalised_spelling("a/tiny-1.3B") == normalised_spelling("a/tiny-13B")
    False
    """
    return _SEPARATOR.sub("", _BETWEEN_DIGITS.sub("\0", model_id.strip().rstrip(_END_OF_SENTENCE).lower()))


class RenameResolver:
    """Resolves unlisted parents within one listing.

    `unlisted`: all pairs of a parent that is not listed and one of its children.
    `listed`: models whose own names are spelt like one of these parents, with their downloads.
    `accounts`: the accounts that list any model, in lower case; at least those of the parents.
    `evidence`: for the methods that need more than names (history, taught), the listed model of each parent.
    """

    def __init__(
        self,
        unlisted: Iterable[tuple[Name, str]],
        listed: Mapping[Name, int],
        accounts: Iterable[str],
        evidence: Mapping[str, Mapping[Name, Name]],
    ) -> None:
        self.listed = listed
        self.unlisted = frozenset(unlisted)
        self.evidence = evidence
        self.accounts = frozenset(accounts)
        self.by_case: dict[str, list[Name]] = defaultdict(list)
        self.by_spelling: dict[str, list[Name]] = defaultdict(list)
        self.by_own_name: dict[str, list[Name]] = defaultdict(list)
        for name in listed:
            self.by_case[name.lower()].append(name)
            self.by_spelling[normalised_spelling(name)].append(name)
            self.by_own_name[_own_name(name)].append(name)
        self.renamed_accounts: dict[str, str] = {}
        self.derived = self._derived()
        self.renamed_accounts = self._renamed_accounts({parent for parent, _ in self.unlisted})
        self.derived = self._derived()  # without the models that have moved

    def resolve(self, parent: Name, child: Name) -> ResolvedParent | None:
        """The result of the first method that finds a model, most reliable first. A canonical name means no other account's model."""
        moved = canonical_home(parent)
        found = {
            "history": self.evidence["history"].get(parent),
            "case": self._single(self.by_case[parent.lower()]),
            "taught": self.evidence["taught"].get(parent),
            "moved": moved if moved in self.listed else None,
            "account": self._in_account(self.renamed_accounts.get(_account(parent), ""), parent),
            "own": None if moved else self._own(parent, child),
            "spelling": self._single(self.by_spelling[normalised_spelling(parent)]),
            "same_name": None if moved or "/" in parent else self._dominant(parent),
        }
        return next(
            (ResolvedParent(name, method) for method, name in found.items() if name and self._may_be(name, parent, child, method)), None
        )

    def _may_be(self, name: Name, parent: Name, child: Name, method: str) -> bool:
        """Whether a name of another account, or without one, may mean a model: neither the child nor what derives from the parent, too."""
        return method not in BY_NAME_ALONE or (name != child and (normalised_spelling(parent), name) not in self.derived)

    def _derived(self) -> frozenset[tuple[str, Name]]:
        """Pairs of an unlisted parent's spelling, with and without its account, and a listed model that declares it: a copy of it.

        A model of an account that is known to be renamed may name its own old address.
        """
        return frozenset(
            (normalised_spelling(name), child)
            for parent, child in self.unlisted
            if child in self.listed and not self._is_old_address(parent, child)
            for name in (parent, _own_name(parent))
        )

    def _is_old_address(self, parent: Name, child: Name) -> bool:
        return self.renamed_accounts.get(_account(parent)) == _account(child) and _own_name(parent) == _own_name(child)

    def _renamed_accounts(self, parents: Iterable[Name]) -> dict[str, str]:
        """Old account -> new account: the one that lists most models that children declare under the old name.

        An account that still lists models has moved a part of them if the other lists enough of these, and no third account nearly as many.
        """
        new_accounts: dict[str, Counter[str]] = defaultdict(Counter)
        distinctive = {parent.lower() for parent in parents if "/" in parent and len(_own_name(parent)) >= MIN_MOVED_LETTERS}
        declared = Counter(map(_account, distinctive))
        for parent in distinctive:
            spelling = normalised_spelling(parent)
            originals = (name for name in self.by_own_name[_own_name(parent)] if "/" in name and (spelling, name) not in self.derived)
            holders = set(map(_account, originals))
            new_accounts[_account(parent)].update(holders - {_account(parent)})
        found = {}
        for account, counts in new_accounts.items():
            (first, votes), (_, next_votes) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
            is_moved = account not in self.accounts and votes >= MIN_MOVED_MODELS and votes > next_votes
            is_clear = votes >= MIN_MOVED_SHARE * declared[account] and votes > MIN_LEAD * next_votes
            if is_moved or (votes >= MIN_PARTLY_MOVED_MODELS and is_clear):
                found[account] = first
        return found

    def _is_gone(self, parent: Name) -> bool:
        """Whether no account of that name lists a model: the account was renamed, or the parent was a local path such as out/model."""
        return _account(parent) not in self.accounts

    def _in_account(self, account: str, parent: Name) -> Name | None:
        return self._single(self.by_case[f"{account}/{_own_name(parent)}".lower()]) if account else None

    def _own(self, parent: Name, child: Name) -> Name | None:
        """A model of the child's author with the parent's own name."""
        return self._in_account(_account(child), parent) if self._is_gone(parent) else None

    def _dominant(self, parent: Name) -> Name | None:
        """The one model of that name that has nearly all downloads."""
        if len(parent) < MIN_BARE_LETTERS:
            return None
        downloads = {name: self.listed[name] for name in self.by_own_name[_own_name(parent)]}
        first = max(downloads, key=lambda name: downloads[name], default=None)
        if first is None or downloads[first] < max(MIN_DOMINANT_DOWNLOADS, DOMINANT_SHARE * sum(downloads.values())):
            return None
        return first

    @staticmethod
    def _single(names: list[Name]) -> Name | None:
        """None if several models match: nothing indicates which one is meant."""
        return names[0] if len(names) == 1 else None


def _own_name(model_id: Name) -> str:
    return model_id.rpartition("/")[2].lower()


def _account(model_id: Name) -> str:
    return (author_of(model_id) or "").lower()
