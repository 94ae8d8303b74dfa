"""Declared licences."""

import pytest

from hublake.rules.licenses.declared_licenses import MAX_CHARS, declared_licenses, known_license_ids, license_id


def test_licences_map_to_identifiers_of_the_hub() -> None:
    assert [license_id(text) for text in ("Apache-2.0", "apache 2.0", "MIT License", "CC-BY-NC 4.0", "gpl_3.0", "???")] == [
        "apache-2.0",
        "apache-2.0",
        "mit",
        "cc-by-nc-4.0",
        "gpl-3.0",
        "???",
    ]
    assert {"other", "unknown", "llama3.1", "openrail++", "gemma"} <= known_license_ids()


def test_the_strongest_source_wins() -> None:
    found = declared_licenses(["mit"], ["MIT", "gemma"], ["license:gemma", "license:other", "en"])
    assert [(f.value, f.source) for f in found] == [("mit", "card"), ("gemma", "card_data"), ("other", "tag")]
    confidences = [f.confidence for f in found]
    assert confidences == sorted(confidences, reverse=True)


def test_invisible_characters_of_licences_are_removed() -> None:
    assert [found.value for found in declared_licenses((), (), ["license:mit\u200b"])] == ["mit"]


@pytest.mark.parametrize("written", ["license:mit", "License: license:MIT", "a" * (MAX_CHARS - 1) + " b", "\u13a0 license", "license:"])
def test_no_licence_of_an_author_closes_the_gate(written: str) -> None:
    """The check: a licence is trimmed, in lower case and without the tag prefix."""
    for found in declared_licenses([written], (), [f"license:{written}"]):
        assert found.value == found.value.lower().strip() != ""
        assert not found.value.startswith("license:")
