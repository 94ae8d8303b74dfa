"""Sorted sets of fixed-width byte strings in one block of memory: a few dozen bytes per record, where sets of strings take hundreds."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc

DIGEST_BYTES = 16  # that two of two million digests are equal by chance is less likely than 1 in 10^25


def digest(*parts: str) -> bytes:
    """Return the digest of ids and commits, which contain no spaces."""
    return blake2b(" ".join(parts).encode(), digest_size=DIGEST_BYTES).digest()


class PackedRecords(Sequence[bytes]):
    """Byte strings of one width, sorted, in one contiguous buffer."""

    def __init__(self, buffer: bytes | bytearray = b"", width: int = DIGEST_BYTES) -> None:
        """`buffer` contains the concatenated records in any order."""
        self._width = width
        unsorted = pa.Array.from_buffers(pa.binary(width), len(buffer) // width, [None, pa.py_buffer(buffer)])
        records = unsorted.take(pc.sort_indices(unsorted))
        self._count = len(records)
        self._buffer = memoryview(records.buffers()[1] or b"")  # Arrow's own memory, not a copy

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> bytes:  # type: ignore[override]  # slices are not needed
        if not 0 <= index < self._count:
            raise IndexError(index)
        return bytes(self._buffer[index * self._width : (index + 1) * self._width])

    def __contains__(self, record: object) -> bool:
        return isinstance(record, bytes) and next(iter(self.with_prefix(record)), None) is not None

    def with_prefix(self, prefix: bytes) -> Iterator[bytes]:
        """Yield all records that start with `prefix`."""
        index = bisect_left(self, prefix)
        while index < self._count and self[index].startswith(prefix):
            yield self[index]
            index += 1
