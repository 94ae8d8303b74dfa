"""What files may not contain, and which files must exist."""

import csv
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.conventions.sources import ROOT, text_files

# Users choose their own registry. The names are concatenated so that this file does not contain one.
REGISTRY = re.compile(
    "|".join(["pypi" + r"\.org", "python" + r"hosted\.org", "maven" + r"\.(?:org|apache)", "docker" + r"\.io", "npmjs" + r"\.org"])
)
# Folders that exist on one machine only.
MACHINE_FOLDER = re.compile(r"(?<![\w.~<])/(?:work|root|home|Users)/\w")


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        (REGISTRY, "index-url = https://files.python" + "hosted.org/simple", True),
        (MACHINE_FOLDER, "open('/" + "home/me/data')", True),
        (MACHINE_FOLDER, "hub.example/" + "work/of/art", False),
        (MACHINE_FOLDER, "resolve/main/home/page", False),
    ],
)
def test_the_patterns_match_what_they_should(pattern: re.Pattern[str], text: str, is_found: bool) -> None:
    assert bool(pattern.search(text)) is is_found


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE_FOLDER], ids=["registry", "machine folder"])
def test_no_file_names_a_registry_or_a_machine_folder(pattern: re.Pattern[str]) -> None:
    found = {}
    for path in text_files():
        match = pattern.search(path.read_text("utf-8", errors="replace"))
        if match:
            found[str(path.relative_to(ROOT))] = match[0]
    assert not found


def test_the_lock_file_has_versions_and_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    assert not re.search(r"^--(?!hash)", lock, re.MULTILINE)
    for entry in re.split(r"\n(?=\w)", re.sub(r"^#.*\n", "", lock, flags=re.MULTILINE)):
        assert re.match(r"[\w.-]+==[\w.!+-]+ ", entry), entry[:60]
        assert "--hash=sha256:" in entry


def test_every_dependency_of_the_project_is_locked_at_a_version_it_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = [line for name, lines in project["project"]["optional-dependencies"].items() if name != "all" for line in lines]
    required = [*project["project"]["dependencies"], *extras, *project["dependency-groups"]["dev"]]
    locked = dict(re.findall(r"^([\w.-]+)==([\w.!+-]+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    for line in required:
        name, pinned = re.fullmatch(r"([\w.-]+)(?:==([\w.]+)|.*)", line).groups()  # type: ignore[union-attr]
        version = locked.get(name.lower().replace("_", "-").replace(".", "-"))
        assert version, f"{line} is not in requirements.lock: make lock"
        assert pinned in (None, version), f"requirements.lock has {name} {version}, pyproject.toml requires {line}: make lock"


def test_the_changelog_has_a_section_for_unreleased_changes() -> None:
    section = (ROOT / "CHANGELOG.md").read_text("utf-8").partition("\n## [Unreleased]\n")[2].partition("\n## [")[0]
    assert re.search(r"^- \w", section, re.MULTILINE)


def test_decision_records_are_numbered_without_a_gap_and_have_the_standard_headings() -> None:
    records = sorted(path for path in (ROOT / "docs" / "decisions").glob("*.md") if path.name[0].isdigit())
    assert [path.name[:4] for path in records] == [f"{number:04d}" for number in range(1, len(records) + 1)]
    for record in records:
        headings = re.findall(r"^## (.*)$", record.read_text("utf-8"), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences", "Alternatives considered"], record.name


def test_the_index_of_decisions_lists_every_record_with_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = dict(re.findall(r"^\| \[\d{4}\]\((.*)\) \| (.*) \|$", (folder / "README.md").read_text("utf-8"), re.MULTILINE))
    titles = {path.name: path.read_text("utf-8").split("\n")[0].partition(": ")[2] for path in folder.glob("0*.md")}
    assert listed == titles


@pytest.mark.parametrize("path", sorted((ROOT / "conf").glob("*.csv")), ids=lambda path: path.name)
def test_rows_of_a_curated_list_are_complete_unique_and_have_a_source(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header[-1] == "source"
    assert not [row for row in rows if len(row) != len(header) or not row[-1].strip()]
    entries = [tuple(row[:-1]) for row in rows]
    assert not [entry for entry, times in Counter(entries).items() if times > 1]
