"""Find the listed dataset that is meant by a name that is not listed: datasets and accounts are renamed, and bare names lost their owner.

In 2024 the Hub moved its datasets without an owner into accounts: `squad` became `rajpurkar/squad`. They kept their creation time, which
is the Hub's floor for all repositories older than its record, while most copies of them are younger. That identifies most of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hublake.lake.repo_ids import author_of

DOMINANT_SHARE = 0.8  # of the downloads of all candidates; tuned on half of 77 labelled names, where 0.7 gave one wrong answer
MIN_MOVED_DATASETS = 2  # an account counts as renamed if another account lists at least this many of its datasets
MIN_MOVED_LETTERS = 5  # minimum length of a dataset name that proves a move

Name = str


class ResolvedDataset(NamedTuple):
    """`resolved_by` is one of hublake.lake.enums.DATASET_RESOLUTIONS."""

    dataset_id: Name
    resolved_by: str


class ListedDataset(NamedTuple):
    """What a listing says of a candidate."""

    dataset_id: Name
    downloads: int
    is_created_at_floor: bool


class DatasetResolver:
    """Resolves names within one listing.

    `unlisted`: all declared names that are not listed. `candidates`: listed datasets whose own names, in lower case, occur among them.
    `accounts`: all accounts that list a dataset, in lower case. `former_names`: declared name -> its present one, from earlier listings.
    """

    def __init__(
        self, unlisted: Iterable[Name], candidates: Iterable[ListedDataset], accounts: Iterable[str], former_names: Mapping[Name, Name]
    ) -> None:
        self.former_names = former_names
        self.accounts = frozenset(accounts)
        self.by_case: dict[str, list[Name]] = defaultdict(list)
        self.by_own_name: dict[str, list[ListedDataset]] = defaultdict(list)
        for dataset in candidates:
            self.by_case[dataset.dataset_id.lower()].append(dataset.dataset_id)
            self.by_own_name[own_name(dataset.dataset_id)].append(dataset)
        self.renamed_accounts = self._renamed_accounts(set(unlisted))

    def resolve(self, name: Name) -> ResolvedDataset | None:
        """The result of the first method that finds a dataset, most reliable first."""
        found = {
            "history": self.former_names.get(name),
            "case": _only(self.by_case.get(name.lower(), ())),
            "moved": None if "/" in name else self._dominant(name, is_at_floor=True),
            "account": self._in_renamed_account(name),
            "same_name": None if "/" in name else self._dominant(name, is_at_floor=False),
        }
        return next((ResolvedDataset(dataset, method) for method, dataset in found.items() if dataset), None)

    def _dominant(self, name: Name, *, is_at_floor: bool) -> Name | None:
        """The one dataset of that name with nearly all downloads: among those at the floor, or among all if none is at the floor."""
        named = self.by_own_name.get(name.lower(), ())
        at_floor = [dataset for dataset in named if dataset.is_created_at_floor]
        if bool(at_floor) != is_at_floor:
            return None
        candidates: Sequence[ListedDataset] = at_floor or named
        if is_at_floor and len(candidates) == 1:
            return candidates[0].dataset_id
        first = max(candidates, key=lambda dataset: (dataset.downloads, dataset.dataset_id), default=None)
        total = sum(dataset.downloads for dataset in candidates)
        return first.dataset_id if first and 0 < DOMINANT_SHARE * total <= first.downloads else None

    def _renamed_accounts(self, unlisted: Iterable[Name]) -> dict[str, str]:
        """Old account, which lists no dataset -> the account that lists most of the datasets declared under the old name."""
        new_accounts: dict[str, Counter[str]] = defaultdict(Counter)
        for name in {name.lower() for name in unlisted if "/" in name and len(own_name(name)) >= MIN_MOVED_LETTERS}:
            if _account(name) not in self.accounts:
                new_accounts[_account(name)].update({_account(dataset.dataset_id) for dataset in self.by_own_name.get(own_name(name), ())})
        found = {}
        for account, counts in new_accounts.items():
            (first, votes), (_, next_votes) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
            if votes >= MIN_MOVED_DATASETS and votes > next_votes and first:
                found[account] = first
        return found

    def _in_renamed_account(self, name: Name) -> Name | None:
        account = self.renamed_accounts.get(_account(name))
        return _only(self.by_case.get(f"{account}/{own_name(name)}", ())) if account else None


def own_name(dataset_id: Name) -> str:
    """The part after the owner, in lower case.

    >>> own_name("rajpurkar/SQuAD"), own_name("squad")
    ('squad', 'squad')
    """
    return dataset_id.rpartition("/")[2].lower()


def _account(dataset_id: Name) -> str:
    return (author_of(dataset_id) or "").lower()


def _only(names: Sequence[Name]) -> Name | None:
    return names[0] if len(names) == 1 else None
