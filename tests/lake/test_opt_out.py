"""conf/opt_out.csv: what it covers, and which lines are rejected."""

from pathlib import Path

import pytest

from hublake.lake.errors import WrongUse
from hublake.lake.opt_out import load_opt_out, parse_opt_out


@pytest.mark.parametrize(
    ("name", "is_covered"),
    [
        ("acme", True),
        ("ACME/x", True),
        ("acme/x/y", True),
        ("bob/Diary", True),
        ("bob", False),
        ("bob/diary2", False),
        ("ac", False),
        (None, False),
    ],
)
def test_an_account_covers_all_its_repositories_and_a_repository_only_itself(name: str | None, is_covered: bool) -> None:
    assert (name in parse_opt_out([{"id": "Acme"}, {"id": " bob/diary "}])) is is_covered


@pytest.mark.parametrize("wrong", ["https://huggingface.co/acme", "", "a/b/c", "two words"])
def test_a_line_that_would_protect_nobody_is_rejected(wrong: str) -> None:
    with pytest.raises(WrongUse, match="neither an owner nor owner/name"):
        parse_opt_out([{"id": wrong}])


def test_the_list_is_that_of_the_conf_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "opt_out.csv").write_text("id,reason,source\nacme,on request,letter of 2026-08-01\n")
    monkeypatch.setenv("HUBLAKE_CONF", str(tmp_path))
    load_opt_out.cache_clear()
    assert "acme/x" in load_opt_out()
    load_opt_out.cache_clear()
