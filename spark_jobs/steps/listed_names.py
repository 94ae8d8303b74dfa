"""The names of all listed models as words, in arrays: two million names take seconds."""

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hublake.rules.lineage.parent_inference import DOTTED_FORMAT
from hublake.spark_jobs.graph.digraph import sorted_unique

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = tuple[str, ...]


class ListedNames:
    """`models`: model_id, author, downloads_30d. Row numbers are those of `models`; words are those of parent_inference.name_words."""

    def __init__(self, models: pa.Table) -> None:
        self.size = len(models)
        self.own_words, self.rows, self.codes = _words(models["model_id"])
        authors = pc.fill_null(models["author"].cast(pa.string()), "").combine_chunks().dictionary_encode()
        self.authors = authors.dictionary
        self.author_codes: Numbers = authors.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        self.downloads: Numbers = pc.fill_null(models["downloads_30d"], 0).to_numpy().astype(np.int64)

    def rows_with(self, is_wanted: Callable[[str], bool]) -> Numbers:
        """Rows whose names have any such word."""
        flags = np.fromiter(map(is_wanted, self.own_words.to_pylist()), np.bool_, len(self.own_words))
        return sorted_unique(self.rows[flags[self.codes]])

    def rows_beginning_with(self, words: Iterable[str]) -> Numbers:
        """Rows whose names begin with one of the words."""
        is_first = np.diff(self.rows, prepend=-1) != 0
        is_wanted = pc.is_in(self.own_words, value_set=pa.array(set(words), pa.string())).to_numpy(zero_copy_only=False)
        rows: Numbers = self.rows[is_first & is_wanted[self.codes]]
        return rows

    def rows_named(self, names: Collection[Words], bases: Collection[Words] = (), endings: Collection[str] = ()) -> Numbers:
        """Rows whose name, or whose full id as a name, has the words of one of the names, in any order; a few others may be among them.

        The names, and the bases with each of the endings.
        """
        last = _fingerprints([(ending,) for ending in endings])
        wanted = np.concatenate([_fingerprints(names), np.add.outer(last, _fingerprints(bases)).ravel()])
        wanted = pa.array(wanted)
        own, full = (
            pc.is_in(pa.array(of), value_set=wanted) for of in (self._fingerprints, self._fingerprints + self._author_fingerprints)
        )
        return np.flatnonzero(pc.or_(own, full))

    def are_listed(self, names: Collection[Words]) -> Flags:
        """Whether the name of a listed model, or its full id as a name, has the words of each of these names, in any order."""
        wanted = pa.array(_fingerprints(names))
        listed = pa.array(np.concatenate([self._fingerprints, self._fingerprints + self._author_fingerprints]))
        found = listed.filter(pc.is_in(listed, value_set=wanted))
        return np.asarray(pc.is_in(wanted, value_set=found))

    def accounts_by_word(self, words: Iterable[str]) -> dict[str, int]:
        """The number of accounts that use each of the words in a name."""
        codes, author_codes, _ = self._uses(words, np.ones(self.size, dtype=np.bool_))
        pairs = sorted_unique(codes * len(self.authors) + author_codes)
        counted, counts = np.unique(pairs // len(self.authors), return_counts=True)
        return dict(zip(self.own_words.take(pa.array(counted)).to_pylist(), counts.tolist(), strict=True))

    def downloads_by_word(self, words: Iterable[str], is_counted: Flags) -> Mapping[tuple[str, str | None], int]:
        """(word, author) -> downloads of the author's models with the word, over the counted rows."""
        codes, author_codes, rows = self._uses(words, is_counted)
        pairs, inverse = np.unique(codes * len(self.authors) + author_codes, return_inverse=True)
        sums = np.bincount(inverse, weights=self.downloads[rows], minlength=len(pairs)).astype(np.int64)
        named = self.own_words.take(pa.array(pairs // len(self.authors))).to_pylist()
        authors = (author or None for author in self.authors.take(pa.array(pairs % len(self.authors))).to_pylist())
        return dict(zip(zip(named, authors, strict=True), sums.tolist(), strict=True))

    def _uses(self, words: Iterable[str], is_counted: Flags) -> tuple[Numbers, Numbers, Numbers]:
        """(word, author, row) of each of the words in the counted names, once per name."""
        is_wanted = pc.is_in(self.own_words, value_set=pa.array(set(words), pa.string())).to_numpy(zero_copy_only=False)
        is_used = is_wanted[self.codes] & is_counted[self.rows]
        uses = sorted_unique(self.rows[is_used] * max(len(self.own_words), 1) + self.codes[is_used])
        rows, codes = np.divmod(uses, max(len(self.own_words), 1))
        return codes, self.author_codes[rows], rows

    @cached_property
    def _fingerprints(self) -> NDArray[np.uint64]:
        """Equal for names of the same words in any order."""
        return _sums(_hashes(self.own_words)[self.codes], self.rows, self.size)

    @cached_property
    def _author_fingerprints(self) -> NDArray[np.uint64]:
        words, rows, codes = _words(pa.chunked_array([self.authors]))
        return _sums(_hashes(words)[codes], rows, len(self.authors))[self.author_codes]


def _words(names: pa.ChunkedArray) -> tuple[pa.Array, Numbers, Numbers]:
    """(distinct words, row of each word, its number among the distinct): the words of own names in lower case."""
    own = pc.utf8_lower(pc.replace_substring_regex(names.cast(pa.string()), r"(?s)^.*/", "")).combine_chunks()
    joined = pc.replace_substring(pc.replace_substring(pc.replace_substring_regex(own, DOTTED_FORMAT, r"-\1"), "_", "-"), " ", "-")
    lists = pc.split_pattern(joined, "-")
    flat, rows = lists.flatten(), pc.list_parent_indices(lists)
    is_word = pc.not_equal(flat, "")
    encoded = flat.filter(is_word).dictionary_encode()
    return encoded.dictionary, rows.filter(is_word).to_numpy(), encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _hashes(words: pa.Array) -> NDArray[np.uint64]:
    return pd.util.hash_array(np.asarray(words.to_pylist(), dtype=object), categorize=False)


def _fingerprints(names: Collection[Words]) -> NDArray[np.uint64]:
    flat = pa.array(itertools.chain.from_iterable(names), pa.string()).dictionary_encode()
    hashes = _hashes(flat.dictionary)[flat.indices.to_numpy(zero_copy_only=False)]
    return _sums(hashes, np.repeat(np.arange(len(names)), np.fromiter(map(len, names), np.int64, len(names))), len(names))


def _sums(values: NDArray[np.uint64], rows: Numbers, size: int) -> NDArray[np.uint64]:
    """Sum of the values of each row, modulo 2**64; rows are in order."""
    sums = np.zeros(size, dtype=np.uint64)
    np.add.at(sums, rows, values)
    return sums
