"""Sorted records in one buffer."""

from hublake.crawler.packed_records import PackedRecords


def test_records_are_found_by_prefix() -> None:
    packed = PackedRecords(b"bb2aa1bb1cc1", width=3)
    assert list(packed) == [b"aa1", b"bb1", b"bb2", b"cc1"]
    assert list(packed.with_prefix(b"bb")) == [b"bb1", b"bb2"]
    assert (b"aa1" in packed, b"aa2" in packed, len(packed)) == (True, False, 4)
