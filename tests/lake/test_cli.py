"""The installed command: sub-commands come from installed distributions, and failures become exit codes."""

import sys
from pathlib import Path

import pytest

from hublake.lake.cli import main

CLOSED_GATE = '''
import click
from hublake.lake.errors import GateClosed

@click.command()
def publish() -> None:
    """Publish a table that violates an expectation."""
    raise GateClosed("gold.model_impact: 3 rows break 'sums to 1'")

@click.command()
def defective() -> None:
    """Fail as nobody anticipated."""
    raise ValueError("seen \\x1b[2J\\nhublake: all is well")

@click.command()
def late() -> None:
    """Import a library that is not installed, at run time."""
    import library_that_is_missing
'''


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed distribution with sub-commands that fail or lack a library."""
    metadata = tmp_path / "plugin-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin\nVersion: 1.0\n", "utf-8")
    (metadata / "entry_points.txt").write_text(
        "[hublake.commands]\npublish = closed_gate_plugin:publish\ndefective = closed_gate_plugin:defective\nlate = closed_gate_plugin:late\nlacking = crawler_lacks_plugin.command:run\n",
        "utf-8",
    )
    (tmp_path / "closed_gate_plugin.py").write_text(CLOSED_GATE, "utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])


def exit_code(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return ended.value.code


def test_success_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("tables") == 0
    assert "gold.model_impact" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("nothing",), ("tables", "--nothing"), ("tables", "a", "b")])
def test_an_unknown_command_or_option_exits_with_2(arguments: tuple[str, ...]) -> None:
    assert exit_code(*arguments) == 2


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (("exprot",), "no such command: 'exprot'. Did you mean 'export'?"),
        (("crawl", "modles"), "no such command: 'modles'. Did you mean 'models'?"),
        (("crawl", "weights"), "no such command: 'weights'. There are: models, cards, datasets, spaces, accounts."),
        (("tables", "model_impct"), "no table is called 'model_impct'. Did you mean 'model_impact'"),
        (("tables", "Gold.Communities"), "no table is called 'Gold.Communities'. Did you mean 'gold.communities'?"),
    ],
)
def test_a_mistyped_name_exits_with_2_and_a_suggestion(
    arguments: tuple[str, ...], suggestion: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(*arguments) == 2
    assert suggestion in capsys.readouterr().err


def test_an_unknown_table_exits_with_2_and_lists_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("tables", "nothing") == 2
    shown = capsys.readouterr()
    assert shown.err.startswith("hublake: no table is called 'nothing'. Tables: bronze.listings")
    assert shown.out == ""


@pytest.mark.usefixtures("plugin")
def test_a_closed_gate_exits_with_3_and_prints_only_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("publish") == 3
    assert capsys.readouterr().err == "hublake: gold.model_impact: 3 rows break 'sums to 1'\n"


@pytest.mark.usefixtures("plugin")
def test_a_defect_exits_with_1_and_one_line_that_names_the_file_of_its_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert exit_code("defective") == 1
    (line,) = capsys.readouterr().err.splitlines()
    (file,) = tmp_path.glob("hublake-defect-*.log")
    assert line.startswith("hublake: ValueError: seen \\x1b[2J hublake: all is well. This is a defect of Hublake. Report it with ")
    assert str(file) in line
    assert 'raise ValueError("seen' in file.read_text("utf-8")
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("plugin")
def test_a_missing_library_exits_with_1_and_names_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("lacking") == 1
    assert "needs the Python package 'crawler_lacks_plugin'. Install it: pip install 'hublake[" in capsys.readouterr().err


@pytest.mark.usefixtures("plugin")
def test_a_library_missing_at_run_time_exits_with_1_and_names_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("late") == 1
    assert "hublake late needs the Python package 'library_that_is_missing'. Install it" in capsys.readouterr().err


@pytest.mark.usefixtures("plugin")
def test_one_broken_sub_command_does_not_hide_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--help") == 0
    shown = capsys.readouterr().out
    assert "not installed here" in shown
    assert "publish" in shown
    assert "tables" in shown


def test_help_lists_commands_in_the_order_of_work(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--help") == 0
    commands = [
        line.split()[0]
        for line in capsys.readouterr().out.partition("Commands:")[2].splitlines()
        if line.startswith("  ") and line[2] != " "
    ]
    order = ["demo", "hub", "crawl", "build", "check", "export", "tables"]
    assert [name for name in commands if name in order] == order


def test_settings_are_shown_with_value_and_origin(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBLAKE_WAREHOUSE", "elsewhere")
    assert exit_code("--show-settings") == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["warehouse", "elsewhere", "environment"] in lines
    assert ["crawl.page_size", "1000", "default"] in lines
