"""Groups of texts that are near-copies of one another, in near-linear time."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.spark_jobs.dataframes.arrow_functions import map_table
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint

Hashes = NDArray[np.uint64]

# Words of a shingle, and the smallest Jaccard similarity of near-copies: a name or a figure replaced in two sentences.
SHINGLE_WORDS = 3
MIN_SIMILARITY = 0.6
# MinHashes by band. Two texts with a similarity of .6 share a band with a probability of 1 - (1 - .6^3)^16 = .98, of .8 with 1.00, of .2
# with .12.
BANDS = 16
ROWS = 3
# Each text is compared with as many texts of each of its buckets. If it were compared with all, a text that n cards modify would cost n².
REPRESENTATIVES = 4
_MULTIPLIERS = np.random.default_rng(1).integers(1 << 63, size=(2, BANDS * ROWS), dtype=np.uint64)


def find_leaders(texts: DataFrame) -> DataFrame:
    """Assign near-copies among texts (text_id, words) with at least SHINGLE_WORDS words to the text that leads their group.

    MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3): texts that share a band's
    hashes are in one bucket. A text is compared with the smallest ids of its buckets, by the exact similarity of their sets of shingles.

    Returns:
        (text_id, leader_id) of texts that follow a leader with a smaller id. Leaders and texts without near-copies have no row.

    Cost: sorts BANDS rows for each text, and compares it with at most BANDS x REPRESENTATIVES texts, however many copies there are. One
    task has the ids of the near-copies found.
    """
    hashed = texts.select("text_id", F.transform("words", _hash).alias("words"))
    signed = lazy_checkpoint(hashed.mapInArrow(_sign_batches, "text_id string, shingles array<bigint>, buckets array<bigint>"))
    met = compared_texts(signed.select("text_id", "buckets"))
    shingles = signed.select("text_id", "shingles")
    compared = met.join(shingles, "text_id", how="inner").join(
        shingles.select(F.col("text_id").alias("leader_id"), F.col("shingles").alias("leader_shingles")), "leader_id", how="inner"
    )
    similarity = F.size(F.array_intersect("shingles", "leader_shingles")) / F.size(F.array_union("shingles", "leader_shingles"))
    near = compared.where(similarity >= MIN_SIMILARITY).select("text_id", "leader_id").repartition(1)
    return map_table(near, choose_leaders, near.schema)


def compared_texts(signed: DataFrame) -> DataFrame:
    """Each text of (text_id, buckets) with the first texts of its buckets: distinct pairs (text_id, leader_id), leader_id < text_id."""
    rows = signed.select("text_id", F.explode("buckets").alias("bucket"))
    up_to_this = Window.partitionBy("bucket").orderBy("text_id").rowsBetween(Window.unboundedPreceding, Window.currentRow)
    first = F.array(*[F.nth_value("text_id", n + 1).over(up_to_this) for n in range(REPRESENTATIVES)])
    met = rows.select("text_id", first.alias("first"))
    return met.select("text_id", F.explode("first").alias("leader_id")).where("leader_id < text_id").distinct()


def choose_leaders(near: pa.Table) -> pa.Table:
    """Choose the leader of each text from its near-copies with smaller ids.

    A text follows its smallest near-copy that leads. Where all its near-copies follow others, it follows the leader of one that is itself
    a near-copy of this leader. So a chain of small changes ends after two steps, and does not grow into one group.

    Args:
        near: (text_id, leader_id), leader_id < text_id, in any order.

    Returns:
        (text_id, leader_id) of texts that follow another.
    """
    names = pc.unique(pa.chunked_array([*near["text_id"].chunks, *near["leader_id"].chunks], near.schema.field("text_id").type)).sort()
    texts, earlier = (pc.index_in(near[column], names).to_numpy() for column in ("text_id", "leader_id"))
    leader = np.arange(len(names))
    steps = np.zeros(len(names), dtype=np.int8)
    order = np.lexsort((earlier, texts))
    bounds = np.flatnonzero(np.diff(texts[order], prepend=-1, append=-1))
    for start, end in pairwise(bounds):
        text, candidates = texts[order[start]], earlier[order[start:end]]
        nearest = candidates[np.argmin(steps[candidates])]
        if steps[nearest] < 2:
            leader[text], steps[text] = leader[nearest], steps[nearest] + 1
    follows = np.flatnonzero(steps)
    return pa.table({"text_id": names.take(pa.array(follows)), "leader_id": names.take(pa.array(leader[follows]))})


def _hash(word: Column) -> Column:
    return F.xxhash64(word)


def _sign_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        words = batch["words"]
        hashes = words.flatten().to_numpy(zero_copy_only=False).view(np.uint64)
        shingles, offsets = shingle_hashes(hashes, pc.list_value_length(words).to_numpy())
        by_band = _lists(buckets(shingles, offsets), np.arange(len(offsets)) * BANDS)
        columns = [batch["text_id"], _lists(shingles, offsets), by_band]
        yield pa.RecordBatch.from_arrays(columns, ["text_id", "shingles", "buckets"])


def shingle_hashes(words: Hashes, lengths: NDArray[np.integer]) -> tuple[Hashes, NDArray[np.int64]]:
    """Hashes of all runs of SHINGLE_WORDS words within each text, concatenated, and the n + 1 offsets of the texts in them.

    Args:
        words: hashes of the words of all texts, concatenated.
        lengths: words of each text, at least SHINGLE_WORDS.
    """
    ends = np.cumsum(lengths)
    starts_shingle = np.ones(len(words), dtype=bool)
    for n in range(1, SHINGLE_WORDS):
        starts_shingle[ends - n] = False
    starts = np.flatnonzero(starts_shingle)
    hashes = np.zeros(len(starts), dtype=np.uint64)
    for n in range(SHINGLE_WORDS):
        hashes = _mix(hashes ^ words[starts + n])
    return hashes, np.concatenate([[0], ends - (SHINGLE_WORDS - 1) * np.arange(1, len(ends) + 1)])


def buckets(shingles: Hashes, offsets: NDArray[np.int64]) -> Hashes:
    """BANDS hashes for each text, concatenated: two texts with an equal one have equal MinHashes in a band."""
    bands = np.zeros((len(offsets) - 1, BANDS), dtype=np.uint64)
    for hash_number in range(BANDS * ROWS):
        multiplier, summand = _MULTIPLIERS[:, hash_number]
        smallest = np.minimum.reduceat(_mix(shingles * (multiplier | np.uint64(1)) + summand), offsets[:-1])
        band = hash_number // ROWS
        bands[:, band] = _mix(bands[:, band] ^ smallest)
    return bands.ravel()


def _mix(hashes: Hashes) -> Hashes:
    """A bijection in which each bit of the input changes half of the output's: the finaliser of MurmurHash3."""
    hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return hashes ^ (hashes >> np.uint64(33))


def _lists(values: Hashes, offsets: NDArray[np.int64]) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), pa.array(values.view(np.int64)))
