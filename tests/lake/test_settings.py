from pathlib import Path

import pytest

from hublake.lake import settings
from hublake.lake.errors import WrongUse


@pytest.fixture
def conf(tmp_path: Path) -> dict[str, str]:
    """An environment whose conf folder has a base and two places."""
    (tmp_path / "base.toml").write_text('warehouse = "from-base"\nendpoint = "http://base"\n[crawl]\npage_size = 10\n', "utf-8")
    (tmp_path / "local.toml").write_text("[crawl]\npage_size = 20\n", "utf-8")
    (tmp_path / "cluster.toml").write_text('[storage]\naws_region = "eu"\n', "utf-8")
    return {"HUBLAKE_CONF": str(tmp_path)}


def test_without_any_value_the_default_applies(conf: dict[str, str]) -> None:
    loaded = settings.load(environ=conf)
    assert loaded.crawl.max_attempts == settings.CrawlSettings().max_attempts
    assert "crawl.max_attempts" not in loaded.origins


def test_places_override_the_base_the_environment_overrides_places_and_flags_override_all(conf: dict[str, str]) -> None:
    in_environment = {**conf, "HUBLAKE_CRAWL_PAGE_SIZE": "30"}
    layers = [
        settings.load("cluster", environ=conf),
        settings.load("local", environ=conf),
        settings.load("local", environ=in_environment),
        settings.load("local", {"crawl.page_size": 40}, environ=in_environment),
    ]
    assert [layer.crawl.page_size for layer in layers] == [10, 20, 30, 40]
    assert [layer.origins["crawl.page_size"] for layer in layers] == ["conf/base.toml", "conf/local.toml", "environment", "flag"]


def test_a_flag_that_was_not_given_changes_nothing(conf: dict[str, str]) -> None:
    loaded = settings.load(flags={"warehouse": None}, environ=conf)
    assert (loaded.warehouse, loaded.origins["warehouse"]) == ("from-base", "conf/base.toml")


def test_the_place_can_come_from_the_environment(conf: dict[str, str]) -> None:
    assert settings.load(environ={**conf, "HUBLAKE_PLACE": "cluster"}).storage == {"aws_region": "eu"}


def test_hf_endpoint_has_its_usual_meaning(conf: dict[str, str]) -> None:
    assert settings.load(environ={**conf, "HF_ENDPOINT": "http://mirror"}).endpoint == "http://mirror"


def test_hublakes_own_endpoint_overrides_hf_endpoint(conf: dict[str, str]) -> None:
    both = {**conf, "HF_ENDPOINT": "http://mirror", "HUBLAKE_ENDPOINT": "http://own"}
    assert settings.load(environ=both).endpoint == "http://own"


def test_every_setting_is_listed_once_with_its_origin(conf: dict[str, str]) -> None:
    listed = {name: (value, origin) for name, value, origin in settings.load(environ=conf).entries()}
    assert listed["crawl.page_size"] == (20, "conf/local.toml")
    assert listed["build.master"] == (settings.BuildSettings().master, "default")
    assert "origins" not in listed


def test_an_unknown_key_is_rejected_with_the_valid_ones(conf: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "local.toml").write_text("[crawl]\npagesize = 20\n", "utf-8")
    with pytest.raises(WrongUse, match=r"conf/local\.toml: no setting is called 'crawl\.pagesize'. Did you mean 'crawl\.page_size'"):
        settings.load(environ=conf)


def test_a_setting_that_resembles_none_is_rejected_with_all(conf: dict[str, str]) -> None:
    with pytest.raises(WrongUse, match=r"no setting is called 'HUBLAKE_X'. Settings: .*HUBLAKE_WAREHOUSE"):
        settings.load(environ={**conf, "HUBLAKE_X": "x"})


@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_warehouse_is_rejected_by_the_name_of_its_origin(conf: dict[str, str], value: str) -> None:
    with pytest.raises(WrongUse, match=r"^HUBLAKE_WAREHOUSE is empty\. It needs a folder"):
        settings.load(environ={**conf, "HUBLAKE_WAREHOUSE": value})
    with pytest.raises(WrongUse, match=r"^--warehouse is empty"):
        settings.load(flags={"warehouse": value}, environ=conf)


def test_an_unknown_hublake_variable_is_rejected(conf: dict[str, str]) -> None:
    with pytest.raises(WrongUse, match=r"environment: no setting is called 'HUBLAKE_WAREHUOSE'. Did you mean 'HUBLAKE_WAREHOUSE'"):
        settings.load(environ={**conf, "HUBLAKE_WAREHUOSE": "x"})


@pytest.mark.parametrize("value", ["many", "2.5", "", "1e3"])
def test_a_value_of_the_wrong_type_is_rejected_by_name(conf: dict[str, str], value: str) -> None:
    with pytest.raises(WrongUse, match=rf"environment: crawl\.page_size = '{value}' is not of type int"):
        settings.load(environ={**conf, "HUBLAKE_CRAWL_PAGE_SIZE": value})


@pytest.mark.parametrize(("line", "what"), [("page_size = 2.5", "2.5 is not of type int"), ("contact = [1]", r"\[1\] is not of type str")])
def test_a_value_of_the_wrong_type_in_a_file_is_rejected(conf: dict[str, str], tmp_path: Path, line: str, what: str) -> None:
    (tmp_path / "local.toml").write_text(f"[crawl]\n{line}\n", "utf-8")
    with pytest.raises(WrongUse, match=what):
        settings.load(environ=conf)


def test_a_file_that_is_not_toml_is_rejected_with_its_line(conf: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "local.toml").write_text("warehouse = here\n", "utf-8")
    with pytest.raises(WrongUse, match=r"conf/local\.toml: .*line 1"):
        settings.load(environ=conf)


def test_an_unknown_place_is_rejected_with_the_existing_places(conf: dict[str, str]) -> None:
    with pytest.raises(WrongUse, match=r"no place is called 'moon'. Places: cluster, local"):
        settings.load("moon", environ=conf)


def test_a_conf_folder_that_does_not_exist_is_rejected() -> None:
    with pytest.raises(WrongUse, match=r"HUBLAKE_CONF=/nowhere is not a folder"):
        settings.load(environ={"HUBLAKE_CONF": "/nowhere"})


@pytest.mark.parametrize("place", ["local", "cluster"])
def test_the_shipped_places_load(place: str) -> None:
    assert settings.load(place, environ={}).impact == settings.ImpactSettings()


def test_the_weights_of_the_impact_score_must_sum_to_one() -> None:
    with pytest.raises(WrongUse, match=r"must be at least 0 and sum to 1; seen \{'pagerank': 0\.5"):
        settings.load(flags={"impact.pagerank": 0.5}, environ={})
    moved = settings.load(flags={"impact.pagerank": 0.5, "impact.dependants": 0.0}, environ={})
    assert (moved.impact.pagerank, moved.impact.dependants) == (0.5, 0.0)


def test_a_build_must_be_allowed_at_least_one_table_at_a_time() -> None:
    with pytest.raises(WrongUse, match=r"build\.tables_at_once = 0: a build needs"):
        settings.load(flags={"build.tables_at_once": 0}, environ={})


def test_one_task_holds_no_negative_number_of_pairs() -> None:
    with pytest.raises(WrongUse, match=r"graph\.max_pairs_in_one_task = -1: it needs"):
        settings.load(flags={"graph.max_pairs_in_one_task": -1}, environ={})
