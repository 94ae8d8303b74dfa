"""Decide which of the implied names that refer to no listed model are certainly names of models, and how they are written."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc

from hublake.rules.lineage.canonical_names import canonical_name
from hublake.rules.lineage.named_models import ORIGINAL_DOWNLOADS, NamedModel
from hublake.rules.lineage.namesakes import NameMatch, copies_names, is_extended_by
from hublake.rules.lineage.parent_inference import (
    ImpliedName,
    id_words,
    implied_spelling,
    name_words,
    names_file,
)
from hublake.spark_jobs.steps.listed_names import ListedNames

# Formats whose users keep the full name of the original. Other formats also follow names of settings and tools (trt, Olive, E8PRVQ).
NAME_KEEPING_FORMATS = frozenset(("gguf", "ggml", "gptq", "awq", "exl2", "exl3"))
# Formats of whole models: a repository without a task under such a name may be an adapter that was trained on one.
_WHOLE_FORMATS = frozenset(("gptq", "awq"))
# One account's models of so many kinds of a name show that the name alone is a family: bert-base is cased or uncased.
MIN_KINDS = 2
MIN_OWN_WORDS = 2  # of a name behind its owner: the owner of bloom-7b is not called bloom
MIN_SPELT_SHARE = 0.9  # of the names of an author who always writes the owner in front

Words = tuple[str, ...]
Readings = Mapping[int, Sequence[ImpliedName]]
Matches = Sequence[tuple[NamedModel, NameMatch]]


class UnlistedParents:
    """What a listing says about the implied names that refer to none of its models.

    `owners`: all accounts, by the words of their names. `spellers`: authors who write the owner in front of most names, as in
    acme-flora-7b-gguf; the value is false for those who also leave it out. `families`: names that begin the names of several used models
    of the account with the most used one. `copiers`: accounts that name quantised models after their originals.
    """

    def __init__(self, owners: dict[Words, str], spellers: dict[str | None, bool], families: set[Words], copiers: set[str]) -> None:
        self.owners, self.spellers, self.families, self.copiers = owners, spellers, families, copiers

    @classmethod
    def of(cls, models: pa.Table, names: ListedNames, readings: Readings, matches: Matches) -> Self:
        """`readings`: row number -> what the name implies, of all models.

        Cost: Python for the accounts and the readings, and for the used models whose names begin with the first word of such a name.
        """
        implied = {match.name.words for _, match in matches if match.model_id is None and match.name.relation == "quantized"}
        owners = {tuple(id_words(account)): account for account in names.authors.to_pylist() if account}
        candidates = models.select(["model_id", "author", "downloads_30d"]).take(
            pa.array(names.rows_beginning_with({words[0] for words in implied}))
        )
        used = candidates.filter(pc.greater_equal(candidates["downloads_30d"], ORIGINAL_DOWNLOADS))
        return cls(owners, _spellers(matches), _families(implied, used), _copiers(names, readings))

    def name_of(self, child: NamedModel, match: NameMatch) -> str | None:
        """The name of the one model that is meant; null if it is not certainly one.

        A fine-tune's name may begin with anything, so a name that no model has is a model's only in front of a format, and there only if
        the account copies names: others shorten them, or name a product.
        """
        name = match.name
        if canonical_name("-".join(name.words)) is not None:
            return implied_spelling(child.model_id, name)
        is_one = child.author in self.copiers and name.words not in self.families and not names_file(name.words)
        return self._spelling(child, name) if is_one and _keeps_name(child, name) else None

    def _spelling(self, child: NamedModel, name: ImpliedName) -> str | None:
        """The name as written; owner/name where the author writes owners in front of names, and null if none is a known account."""
        written = implied_spelling(child.model_id, name)
        if child.author not in self.spellers or "/" in written:
            return written
        ends = (end for end in range(len(name.words) - MIN_OWN_WORDS, 0, -1) if name.words[:end] in self.owners)
        end = next(ends, None)
        if end is None or name.start is None:
            return None if self.spellers[child.author] else written
        own_name = name._replace(words=name.words[end:], start=name.start + end)
        return f"{self.owners[name.words[:end]]}/{implied_spelling(child.model_id, own_name)}"


def _keeps_name(child: NamedModel, name: ImpliedName) -> bool:
    """Whether a format follows whose users keep the original's name, and the child is a copy in that format."""
    formats = NAME_KEEPING_FORMATS.intersection(child.words)
    return name.relation == "quantized" and bool(formats) and (child.is_whole or not formats <= _WHOLE_FORMATS)


def _copiers(names: ListedNames, readings: Readings) -> set[str]:
    """See UnlistedParents. Several quantisations of one model count once."""
    codes = names.author_codes
    copies = {(codes[row], of_row[-1].words): of_row for row, of_row in readings.items() if of_row[-1].relation == "quantized"}
    options = [(code, number, name.words) for number, ((code, _), of_row) in enumerate(copies.items()) for name in of_row]
    are_listed = names.are_listed([words for _, _, words in options])
    listed: dict[int, set[int]] = defaultdict(set)
    for (code, number, words), is_listed in zip(options, are_listed.tolist(), strict=True):
        if is_listed or canonical_name("-".join(words)) is not None:
            listed[code].add(number)
    counts = Counter(code for code, _ in copies)
    authors = names.authors.to_pylist()
    return {authors[code] for code, found in listed.items() if authors[code] and copies_names(len(found), counts[code] - len(found))}


def _families(implied: Set[Words], used: pa.Table) -> set[Words]:
    """See UnlistedParents."""
    longer: dict[Words, list[tuple[int, str | None]]] = defaultdict(list)
    for model in used.to_pylist():
        words = name_words(model["model_id"])
        for name in (tuple(words[:end]) for end in range(1, len(words))):
            if name in implied and is_extended_by(name, words):
                longer[name].append((model["downloads_30d"], model["author"]))
    publishers = {name: max(found, key=lambda model: model[0])[1] for name, found in longer.items()}
    return {name for name, found in longer.items() if sum(author == publishers[name] for _, author in found) >= MIN_KINDS}


def _spellers(matches: Matches) -> dict[str | None, bool]:
    """Authors of whose models more imply a full id than a name alone, and whether nearly all do; not those who mark owners (acme_-_x).

    Only models in formats that keep names count: a quantiser may name the results of another tool differently.
    """
    counts: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for child, match in matches:
        if match.model_id is None or NAME_KEEPING_FORMATS.isdisjoint(child.words):
            continue
        if "/" not in implied_spelling(child.model_id, match.name):
            counts[child.author][tuple(id_words(match.model_id)) == match.name.words] += 1
    return {author: spelt >= MIN_SPELT_SHARE * (alone + spelt) for author, (alone, spelt) in counts.items() if spelt > alone}
