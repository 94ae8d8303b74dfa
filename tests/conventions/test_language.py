"""Prose and names use the standard terms of data engineering: words of the project's former dialect do not come back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conventions.sources import ROOT, text_files

# Words of the dialect -> what to write instead.
DIALECT = {
    "told": "reported, passed, configured, distinguished",
    "(?:is|are|was|were) asked": "requested, queried",
    "held back": "blocked, buffered",
    "stands? (?:for|beside|there|in)|stood": "means, is, appears, exists",
    "is had|goes off|whoever|thereby|thereof|bereft": "a plain sentence with an active verb",
    "anew": "again, regenerated, rebuilt",
    "seldom": "rarely",
    "the whole way": "the full pipeline",
    "made hubs?": "synthetic hub",
    "set aside": "quarantined",
    "side by side": "concurrently, in parallel",
    "look(?:s|ed)? at": "reads, inspects, checks",
    "in the making": "in progress",
    "taken up|takes? up": "resumed, continued",
    "last word": "final message",
    "mend(?:s|ed)?": "fix",
}
PATTERNS = {re.compile(rf"\b(?:{words})\b", re.IGNORECASE): standard for words, standard in DIALECT.items()}
CHECKED = {".py", ".md", ".toml", ".conf", ".yml", ".yaml", ".sql", ".scala", ""}
# Texts of cards, which have the words of their authors; and this list.
EXEMPT = {
    "sample_hub/synthetic/sentences.py",
    "sample_hub/synthetic/oddities.py",
    "tests/rules/cards/test_template_text.py",
    "tests/conventions/test_language.py",
    "LICENSE",
}
PAGES = [path for path in text_files() if path.suffix in CHECKED and str(path.relative_to(ROOT)) not in EXEMPT]


def dialect_in(text: str) -> Iterator[str]:
    """Each occurrence, with its line and the standard terms."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, standard in PATTERNS.items():
            if match := pattern.search(line):
                yield f"{number}: '{match[0]}': write {standard}: {line.strip()[:100]}"


@pytest.mark.parametrize(
    ("text", "is_found"), [("# What was asked", True), ("told = {}", True), ("set_aside", False), ("amendment", False)]
)
def test_only_whole_words_are_found(text: str, is_found: bool) -> None:
    assert any(dialect_in(text)) is is_found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_no_dialect(path: Path) -> None:
    assert not list(dialect_in(path.read_text("utf-8", errors="replace")))
