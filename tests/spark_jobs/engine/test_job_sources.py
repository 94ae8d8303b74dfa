"""The digest of a job covers what determines its rows, and nothing else."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hublake.spark_jobs.engine import job_sources
from hublake.spark_jobs.engine.discovery import all_jobs
from hublake.spark_jobs.engine.job_sources import SourceTree, installed_sources, parse_module
from tests.conventions.sources import ROOT

PACKAGES = ("conf", "crawler", "expectations", "lake", "rules", "serving", "spark_jobs")
MODULES = {name: job.module for name, job in all_jobs().items()}
LICENSES = MODULES["silver.model_licenses"]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's packages."""
    root = tmp_path_factory.mktemp("sources") / "hublake"
    for name in PACKAGES:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "hublake" / "__init__.py", root / "__init__.py")
    return root


@pytest.fixture
def changed_by(sources: Path) -> Callable[..., set[str]]:
    """Make an edit, return the tables whose digest it changes, and undo it."""

    def changed(file: str, edit: Callable[[str], str] = lambda text: f"{text}\nEDITED = 1\n") -> set[str]:
        before, text = digests(sources), (sources / file).read_text("utf-8")
        assert edit(text) != text
        (sources / file).write_text(edit(text), "utf-8")
        try:
            return {name for name, digest in digests(sources).items() if digest != before[name]}
        finally:
            (sources / file).write_text(text, "utf-8")

    return changed


def digests(root: Path) -> dict[str, str]:
    tree = SourceTree(root)
    return {name: tree.digest(module, root / "conf") for name, module in MODULES.items()}


def test_a_new_version_of_a_library_changes_the_tables_that_use_it(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, version = digests(sources), job_sources._version
    monkeypatch.setattr(job_sources, "_version", lambda library: "999" if library == "pyromark" else version(library))
    changed = {name for name, digest in digests(sources).items() if digest != before[name]}
    assert "silver.parsed_sections" in changed
    assert "silver.license_catalogue" not in changed


def test_the_version_of_every_library_is_known() -> None:
    modules = (module for job in MODULES.values() for module in installed_sources().needed_by(job).values())
    libraries = {library for module in modules for library in module.libraries}
    assert {"pyspark", "yaml", "pyromark"} <= libraries
    assert not [library for library in libraries if job_sources._version(library) == "unknown"]


@pytest.mark.parametrize("package", ["serving", "crawler", "expectations", "spark_jobs/engine"])
def test_a_change_in_a_package_that_no_job_imports_leaves_every_table_current(sources: Path, package: str) -> None:
    before = digests(sources)
    edited = {path: path.read_text("utf-8") for path in (sources / package).rglob("*.py")}
    try:
        for path, text in edited.items():
            path.write_text(f"{text}\nEDITED = 1\n", "utf-8")
        assert digests(sources) == before
    finally:
        for path, text in edited.items():
            path.write_text(text, "utf-8")


def test_a_change_in_a_job_makes_its_own_table_stale_and_no_other(changed_by: Callable[..., set[str]]) -> None:
    assert changed_by(file_of(LICENSES)) == {"silver.model_licenses"}


def test_a_change_in_a_step_makes_the_tables_stale_whose_jobs_import_it(changed_by: Callable[..., set[str]]) -> None:
    stale = changed_by(file_of("hublake.spark_jobs.steps.impact_scores"))
    assert stale >= {"gold.model_impact", "gold.impact_sensitivity"}
    assert not stale & {"gold.model_lineage", "silver.models"}


def test_a_change_in_a_rule_makes_the_tables_stale_whose_jobs_import_it(changed_by: Callable[..., set[str]]) -> None:
    stale = changed_by(file_of(license_rule()))
    assert "silver.model_licenses" in stale
    assert not stale & {"silver.model_languages", "gold.model_impact", "silver.card_sections"}


def test_a_curated_list_belongs_to_the_jobs_whose_modules_read_it(changed_by: Callable[..., set[str]]) -> None:
    stale = changed_by("conf/licenses.csv", lambda text: text + "own-license,mit,made up for a test\n")
    assert "silver.model_licenses" in stale
    assert not stale & {"silver.model_languages", "gold.model_impact"}


def test_tables_of_what_the_hub_sent_depend_on_no_list_of_later_tables() -> None:
    # The parents that a card states are read with the card (decision 0018).
    assert lists_of("silver.model_cards") == {"derivation_phrases.csv", "canonical_names.csv"}
    # It has documentation_cues.csv, whose instructions in words show that a section says how to start.
    assert not lists_of("silver.parsed_sections") & {"terms.csv", "sensitive_data_cues.csv"}
    assert lists_of("silver.model_history") == {"opt_out.csv"}
    assert lists_of("gold.card_documentation") > {"documentation_cues.csv"}


def lists_of(table: str) -> set[str]:
    return {file for module in installed_sources().needed_by(MODULES[table]).values() for file in module.lists}


def test_the_list_of_those_who_opted_out_belongs_to_the_tables_that_leave_them_out(changed_by: Callable[..., set[str]]) -> None:
    stale = changed_by("conf/opt_out.csv", lambda text: text + "someone,asked,test\n")
    assert stale >= {"silver.models", "silver.datasets", "silver.accounts"}
    assert not stale & {"silver.model_licenses", "gold.model_impact"}


@pytest.mark.parametrize("file", ["lake/settings.py", "lake/errors.py", "lake/schema/gold/impact.py", "spark_jobs/job.py", "__init__.py"])
def test_what_the_fingerprint_covers_by_value_does_not_count_as_text(changed_by: Callable[..., set[str]], file: str) -> None:
    assert changed_by(file) == set()


def test_comments_docstrings_and_layout_do_not_count(changed_by: Callable[..., set[str]]) -> None:
    def reworded(text: str) -> str:
        return text.replace('"""', '"""Reworded. ', 1).replace("\ndef ", "\n# why\n\n\ndef ")

    assert changed_by(file_of(license_rule()), reworded) == set()


def test_sources_in_a_zip_have_the_digests_of_a_checkout(sources: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "hublake.zip", "w") as archive:
        for path in sources.rglob("*"):
            archive.write(path, Path("hublake") / path.relative_to(sources))
    zipped = zipfile.Path(tmp_path / "hublake.zip", "hublake/")
    tree = SourceTree(zipped)
    assert {name: tree.digest(module, zipped / "conf") for name, module in MODULES.items()} == digests(sources)


def test_imports_are_found_wherever_they_are_written() -> None:
    text = """
        import hublake.a.b as c
        from hublake.d import e
        from . import f
        from ..g import h
        def later(x):
            if x:
                from hublake.i import j
            try:
                with x:
                    import hublake.k
            except OSError:
                import hublake.l
            finally:
                import hublake.m
    """
    text = "\n".join(line[8:] for line in text.splitlines())
    assert parse_module(text, "hublake.p.q").imports == {
        "hublake.a.b",
        *("hublake.d", "hublake.d.e"),
        *("hublake.p.q", "hublake.p.q.f"),
        *("hublake.p.g", "hublake.p.g.h"),
        *("hublake.i", "hublake.i.j"),
        *("hublake.k", "hublake.l", "hublake.m"),
    }


def test_the_packages_of_an_imported_module_count(tmp_path: Path) -> None:
    write(tmp_path, **{"job": "from hublake.rules.names import clean", "rules/__init__": "", "rules/names": "clean = str.strip"})
    first = SourceTree(tmp_path).digest("hublake.job", tmp_path)
    assert set(SourceTree(tmp_path).needed_by("hublake.job")) == {"hublake.job", "hublake.rules", "hublake.rules.names"}
    write(tmp_path, **{"rules/__init__": "import re"})
    assert SourceTree(tmp_path).digest("hublake.job", tmp_path) != first


def write(root: Path, **modules: str) -> None:
    for name, text in modules.items():
        (root / f"{name}.py").parent.mkdir(exist_ok=True)
        (root / f"{name}.py").write_text(text, "utf-8")


def license_rule() -> str:
    """The module of rules on licences that their job imports."""
    return next(name for name in installed_sources().needed_by(LICENSES) if name.startswith("hublake.rules.licenses."))


def file_of(module: str) -> str:
    return module.removeprefix("hublake.").replace(".", "/") + ".py"
