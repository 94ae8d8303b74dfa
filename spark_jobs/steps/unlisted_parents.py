"""Decide which of the implied names that refer to no listed model are certainly names of models, and how they are written."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc

from hublake.rules.lineage.canonical_names import canonical_name
from hublake.rules.lineage.namesakes import ORIGINAL_DOWNLOADS, NamedModel, NameMatch, is_extended_by
from hublake.rules.lineage.parent_inference import (
    ImpliedName,
    has_size,
    id_words,
    implied_names,
    implied_spelling,
    is_file_type,
    name_words,
)
from hublake.spark_jobs.steps.listed_names import ListedNames

# A fine-tune's name may begin with anything. It names an unlisted model only if several accounts derive from a model of that name, and if
# the name has a size.
MIN_ACCOUNTS = 3
# Formats whose users keep the full name of the original. Other formats also follow names of settings and tools (trt, Olive, E8PRVQ).
NAME_KEEPING_FORMATS = frozenset(("gguf", "ggml", "gptq", "awq", "exl2", "exl3"))
# One account's models of so many kinds of a name show that the name alone is a family: bert-base is cased or uncased.
MIN_KINDS = 2
MIN_OWN_WORDS = 2  # of a name behind its owner: the owner of bloom-7b is not called bloom
MIN_SPELT_SHARE = 0.9  # of the names of an author who always writes the owner in front

Words = tuple[str, ...]
Matches = Sequence[tuple[NamedModel, NameMatch]]


class UnlistedParents:
    """What a listing says about the implied names that refer to none of its models.

    `children`: the authors of the models that imply a name. `owners`: all accounts, by the words of their names. `spellers`: authors who
    write the owner in front of most names, as in acme-flora-7b-gguf; the value is false for those who also leave it out. `families`: names
    that begin the names of several models, if one account has the most used one and another that people use. `used`: the names of models
    that people use.
    """

    def __init__(self, children: dict[Words, set[str | None]], owners: dict[Words, str], spellers: dict[str | None, bool]) -> None:
        self.children, self.owners, self.spellers = children, owners, spellers
        self.families: set[Words] = set()
        self.used: set[Words] = set()

    @classmethod
    def of(cls, models: pa.Table, names: ListedNames, matches: Matches) -> Self:
        """Cost: Python for the accounts, and for the used models whose names begin with the first word of such a name."""
        children: dict[Words, set[str | None]] = defaultdict(set)
        for child, match in matches:
            if match.model_id is None:
                children[match.name.words].add(child.author)
        owners = {tuple(id_words(account)): account for account in names.authors.to_pylist() if account}
        found = cls(children, owners, _spellers(matches))
        rows = names.rows_beginning_with({words[0] for words in children})
        candidates = models.select(["model_id", "author", "downloads_30d"]).take(pa.array(rows))
        found._add_used(candidates.filter(pc.greater_equal(candidates["downloads_30d"], ORIGINAL_DOWNLOADS)))
        return found

    def _add_used(self, models: pa.Table) -> None:
        longer: dict[Words, list[tuple[int, str | None]]] = defaultdict(list)
        for model in models.to_pylist():
            words = name_words(model["model_id"])
            self.used.add(tuple(words))
            for name in (tuple(words[:end]) for end in range(1, len(words))):
                if name in self.children and is_extended_by(name, words):
                    longer[name].append((model["downloads_30d"], model["author"]))
        for name, used in longer.items():
            _, publisher = max(used, key=lambda model: model[0])
            if sum(author == publisher for _, author in used) >= MIN_KINDS:
                self.families.add(name)

    def name_of(self, child: NamedModel, match: NameMatch) -> str | None:
        """The name of the one model that is meant; null if it is not certainly one."""
        words = match.name.words
        if canonical_name("-".join(words)) is not None:
            return implied_spelling(child.model_id, match.name)
        is_one = words not in self.families and not any(map(is_file_type, words))
        return self._spelling(child, match.name) if is_one and self._is_name(child, match) else None

    def _is_name(self, child: NamedModel, match: NameMatch) -> bool:
        """The name in front of a format that keeps names, or one of which only copies are listed and from which several accounts derive."""
        words = match.name.words
        if match.name.relation == "quantized":
            return not NAME_KEEPING_FORMATS.isdisjoint(child.words)
        is_shared = match.has_namesake and len(self.children[words]) >= MIN_ACCOUNTS and has_size(words)
        return is_shared and not self._is_of_a_fine_tune(words)

    def _is_of_a_fine_tune(self, words: Words) -> bool:
        """Whether a name is that of a base and its data (flora-7b-poems), which many accounts use for fine-tunes of their own."""
        bases = (words[:end] for end in range(1, len(words)))
        is_extended = any(base in self.used and is_extended_by(base, words) for base in bases)
        return is_extended or any(not name.same_author_only for name in implied_names(words))

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


def _spellers(matches: Matches) -> dict[str | None, bool]:
    """Authors of whose models more imply a full id than a name alone, and whether nearly all do; not those who mark owners (acme_-_x)."""
    counts: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for child, match in matches:
        if match.model_id is not None and "/" not in implied_spelling(child.model_id, match.name):
            counts[child.author][tuple(id_words(match.model_id)) == match.name.words] += 1
    return {author: spelt >= MIN_SPELT_SHARE * (alone + spelt) for author, (alone, spelt) in counts.items() if spelt > alone}
