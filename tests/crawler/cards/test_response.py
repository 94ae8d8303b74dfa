"""Which responses are cards."""

import hashlib
import json

import pytest

from hublake.crawler.cards.response import CardTarget, bare_etag, card_fault, card_target, detect_encoding, matches_etag

SHA = "a" * 40


def listed(*names: object, **fields: object) -> str:
    return json.dumps({"siblings": [{"rfilename": name} for name in names], "sha": SHA, **fields})


@pytest.mark.parametrize(
    ("body", "has_card"),
    [
        (listed(".gitattributes", "README.md"), True),
        (listed("README.MD"), False),
        (listed("readme.md"), False),
        (listed("docs/README.md"), False),
        (listed(), False),
        (listed(None, 7), False),
        ('{"siblings": ["README.md"]}', False),
        ('{"siblings": null}', False),
        ("{}", False),
        ("null", False),
        ("[" * 100_000, False),
    ],
)
def test_only_a_file_called_exactly_readme_md_is_a_card(body: str, has_card: bool) -> None:
    assert card_target("1", "a/b", body) == (CardTarget("1", "a/b", SHA) if has_card else None)


@pytest.mark.parametrize(("hub_id", "repo_id"), [(None, "a/b"), ("1", None)])
def test_an_item_without_a_name_has_no_card(hub_id: str | None, repo_id: str | None) -> None:
    assert card_target(hub_id, repo_id, listed("README.md")) is None


@pytest.mark.parametrize("sha", [None, 7, "", "../../api", "G" * 40])
def test_an_invalid_commit_is_left_out(sha: object) -> None:
    assert card_target("1", "a/b", listed("README.md", sha=sha)) == CardTarget("1", "a/b", None)


@pytest.mark.parametrize(("value", "bare"), [('"abc"', "abc"), ('W/"abc"', "abc"), ("abc", "abc"), ('""', None), ("", None), (None, None)])
def test_an_etag_is_stored_bare(value: str | None, bare: str | None) -> None:
    assert bare_etag(value) == bare


BLOB = hashlib.sha1(b"blob 4\0card").hexdigest()


@pytest.mark.parametrize(
    ("etag", "matches"),
    [
        (BLOB, True),
        (hashlib.sha256(b"card").hexdigest(), True),
        ("0" * 40, False),
        ("0" * 64, False),
        ("f-1a2b", True),  # not a digest: identifies nothing
        (None, True),
    ],
)
def test_the_bytes_must_match_the_etag(etag: str | None, matches: bool) -> None:
    assert matches_etag(b"card", etag) is matches


@pytest.mark.parametrize(
    ("content_type", "etag", "has_commit", "is_card"),
    [
        ("text/html; charset=utf-8", None, False, False),
        ("Text/HTML", None, False, False),
        ("text/html", "f-1", False, True),
        ("text/html", None, True, True),
        ("text/plain", None, False, True),
        ("", None, False, True),
    ],
)
def test_html_without_the_headers_of_a_file_is_not_a_card(content_type: str, etag: str | None, has_commit: bool, is_card: bool) -> None:
    assert (card_fault(b"x", etag, content_type, has_commit=has_commit, is_complete=True) is None) is is_card


def test_a_card_truncated_by_us_is_not_compared_with_its_etag() -> None:
    assert card_fault(b"car", BLOB, "text/plain", has_commit=True, is_complete=True) is not None
    assert card_fault(b"car", BLOB, "text/plain", has_commit=True, is_complete=False) is None


@pytest.mark.parametrize(
    ("body", "is_complete", "encoding"),
    [
        (b"", True, "utf-8"),
        ("é😀".encode(), True, "utf-8"),
        (b"\xef\xbb\xbfx", True, "utf-8-sig"),
        ("x".encode("utf-16"), True, "utf-16-le"),
        (b"\xfe\xff\0x", True, "utf-16-be"),
        (b"caf\xe9", True, "unknown"),
        ("é".encode()[:1], True, "unknown"),
        ("é".encode()[:1], False, "utf-8"),  # truncated inside its last character
    ],
)
def test_the_encoding_is_detected_from_the_bytes(body: bytes, is_complete: bool, encoding: str) -> None:
    assert detect_encoding(body, is_complete=is_complete) == encoding
