"""The tables of the explorer's pages."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from hublake.explorer.data.pages import page_readers
from hublake.explorer.data.pages.datasets import EXAMPLES
from hublake.explorer.data.pages.documentation import NO_CARD
from hublake.explorer.data.pages.shown import Shown, accounts
from hublake.lake.schema import TABLES
from hublake.lake.settings import load
from hublake.serving.reader import PublishedTables, open_published
from tests.explorer.small_hub import DAY, HOSTILE, write_small_hub
from tests.serving.small_warehouse import write_tables, write_warehouse

PAGES = ("home", "licenses", "documentation", "trends", "vendors", "datasets", "data")


def published(folder: Path) -> PublishedTables:
    return open_published(load(flags={"warehouse": str(folder)}))


def rows(table: dict[str, Any]) -> list[dict[str, Any]]:
    names = [column["name"] for column in table["columns"]]
    return [dict(zip(names, row, strict=True)) for row in table["rows"]]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All pages of a warehouse that has every table."""
    folder = write_small_hub(tmp_path_factory.mktemp("pages") / "w")
    return {name: read(published(folder))["tables"] for name, read in page_readers().items()}


def shown_tables() -> Iterator[tuple[str, Shown]]:
    for page in PAGES:
        for shown in import_module(f"hublake.explorer.data.pages.{page}").TABLES:
            yield page, shown


def test_each_page_of_the_explorer_has_its_tables() -> None:
    assert set(page_readers()) == set(PAGES)


@pytest.mark.parametrize(("page", "shown"), [pytest.param(*found, id=f"{found[0]}-{found[1].name}") for found in shown_tables()])
def test_each_query_runs_and_each_column_has_a_meaning(pages: dict[str, Any], page: str, shown: Shown) -> None:
    table = pages[page][shown.name]
    assert "missing" not in table
    assert [column["name"] for column in table["columns"] if not column["meaning"]] == []
    assert set(shown.meanings) <= {column["name"] for column in table["columns"]}


def test_pages_are_json(pages: dict[str, Any]) -> None:
    assert json.loads(json.dumps(pages, allow_nan=False)) == pages


def test_cells_of_the_licence_matrix_count_verdicts_and_guesses_apart(pages: dict[str, Any]) -> None:
    cells = {(row["parent_license"], row["child_license"]): row for row in rows(pages["licenses"]["matrix"])}
    counts = {ends: (cell["edges"], cell["conflicts"], cell["undecided"], cell["edges_guessed"]) for ends, cell in cells.items()}
    assert counts == {("gemma", "mit"): (2, 2, 0, 1), ("gemma", "(none)"): (1, 0, 1, 0), ("mit", "mit"): (1, 0, 0, 0)}
    assert (cells["gemma", "mit"]["conflicts_guessed"], cells["gemma", "mit"]["downloads_30d"]) == (1, 14)


def test_a_cell_lists_its_most_downloaded_edges_first(pages: dict[str, Any]) -> None:
    listed = [row["child_id"] for row in rows(pages["licenses"]["examples"]) if row["child_license"] == "mit"]
    assert listed == ["a/y", "a/x", f"x/{HOSTILE}"]


@pytest.mark.parametrize("relation", ["", "finetune", "merge"])
@pytest.mark.parametrize("with_guesses", [True, False])
def test_a_filtered_cell_lists_the_most_downloaded_of_all_its_edges(tmp_path: Path, relation: str, with_guesses: bool) -> None:
    # Guessed fine-tunes have most downloads, declared merges fewest: a list of the whole cell would have neither merges nor declared edges.
    kinds = [("finetune", "yes"), ("finetune", "no"), ("merge", "yes"), ("merge", "no")]
    edges = [(f"a/{number}", *kinds[number // 30], 1000 - number) for number in range(120)]
    drawn = "\n".join(f"{child} | g/base | {kind} | {guess} | {downloads} | gemma | mit" for child, kind, guess, downloads in edges)
    names = "child_id | parent_id | relation | is_guessed | child_downloads_30d | parent_licenses | child_licenses"
    models = "hub_id | model_id\nh1 | g/base"
    write_tables(tmp_path, {"silver.models": models, "gold.license_edges": f"{names}\n{drawn}"}, snapshot_date=DAY)
    listed = rows(page_readers()["licenses"](published(tmp_path))["tables"]["examples"])
    of_file = [row["child_id"] for row in listed if relation in ("", row["relation"]) and (with_guesses or not row["is_guessed"])]
    of_cell = [child for child, kind, guess, _ in edges if relation in ("", kind) and (with_guesses or guess == "no")]
    assert of_file[:20] == of_cell[:20]


def test_releases_of_a_vendor_are_followed_if_others_derived_within_the_window(tmp_path: Path) -> None:
    # As the job writes them: without any derivative a model has only the row (any, any); with one, it has a row for each derived_by.
    waits = """
        model_id | relation | derived_by | days | observed_days
        v/soon   | any      | any        | 1    | 100
        v/soon   | any      | own        | 1    | 100
        v/soon   | any      | others     | 3    | 100
        v/late   | any      | any        | 1    | 100
        v/late   | any      | others     | 60   | 100
        v/late   | adapter  | others     | 60   | 100
        v/own    | any      | any        | 2    | 100
        v/own    | any      | own        | 2    | 100
        v/own    | any      | others     |      | 100
        v/never  | any      | any        |      | 100
        v/young  | any      | any        | 1    | 10
        v/young  | any      | others     | 1    | 10
        v/copy   | any      | any        | 2    | 100
        v/copy   | any      | others     | 2    | 100
        w/never  | any      | any        |      | 100
    """
    series = """
        model_id | vendor | is_release
        v/soon   | V      | yes
        v/late   | V      | yes
        v/own    | V      | yes
        v/never  | V      | yes
        v/young  | V      | yes
        v/copy   | V      | no
        w/never  | W      | yes
    """
    tables = {
        "silver.models": "hub_id | model_id\nh1 | v/soon",
        "gold.time_to_derivative": waits,
        "gold.model_series": series,
    }
    write_tables(tmp_path, tables, snapshot_date=DAY)
    vendor, unfollowed = rows(page_readers()["vendors"](published(tmp_path))["tables"]["followed"])
    assert vendor["followed_share_low"] < vendor["followed_share"] < vendor["followed_share_high"]
    expected = {"vendor": "V", "releases": 4, "followed": 1, "median_days": 3, "fastest_days": 1, "model_id": "v/young"}
    assert vendor | expected == vendor
    assert unfollowed | {"vendor": "W", "releases": 1, "followed": 0, "median_days": None, "model_id": None} == unfollowed


def test_curves_by_size_are_in_the_order_of_sizes_with_unknown_last(tmp_path: Path) -> None:
    sizes = ["up-to-1b", "1b-to-4b", "4b-to-16b", "16b-to-80b", "over-80b", "unknown"]
    names = "event | relation | derived_by | stratum | day | survival | survival_low | survival_high | at_risk"
    drawn = "\n".join(f"derivative | any | others | size:{size} | 30 | 0.9 | 0.8 | 0.95 | 40" for size in sorted(sizes))
    write_tables(
        tmp_path, {"silver.models": "hub_id | model_id\nh1 | g/base", "gold.survival_curves": f"{names}\n{drawn}"}, snapshot_date=DAY
    )
    found = rows(page_readers()["trends"](published(tmp_path))["tables"]["waiting_by_size"])
    assert [row["stratum"] for row in found] == [f"size:{size}" for size in sizes]


def test_a_vendor_leads_to_the_account_of_its_name_else_that_with_most_models(tmp_path: Path) -> None:
    rows = {
        "silver.models": """
            hub_id | model_id | author
            1      | ai/a     | ai
            2      | ai/b     | ai
            3      | lab/c    | lab
            4      | me/d     | me
            5      | big-x/e  | big-x
            6      | big-x/f  | big-x
            7      | big/g    | big
        """,
        "silver.organisations": """
            namespace | institution
            ai        | The AI
            lab       | The AI
            big-x     | Big
            big       | Big
        """,
    }
    write_tables(tmp_path, rows, snapshot_date=DAY)
    tables = published(tmp_path)
    found = accounts(tables, DAY, {"The AI", "Big", "me", "Nobody"})
    assert found == {"Big": "big", "The AI": "ai", "me": "me"}


def test_a_dataset_has_the_count_of_all_its_models_where_some_are_listed(tmp_path: Path) -> None:
    models = range(EXAMPLES + 3)
    tables = {
        "silver.models": "hub_id | model_id\n" + "\n".join(f"{number} | a/m{number}" for number in models),
        "silver.model_datasets": "model_id | dataset_id | role\n" + "\n".join(f"a/m{number} | d/s | train" for number in models),
        "gold.dataset_influence": "dataset_id | models_reached | rank\nd/s | 23 | 1",
    }
    write_tables(tmp_path, tables, snapshot_date=DAY)
    found = rows(page_readers()["datasets"](published(tmp_path))["tables"]["users"])
    assert [row["models"] for row in found] == [EXAMPLES + 3] * EXAMPLES


def test_lost_warnings_of_a_warehouse_without_cards_say_that_none_was_read(tmp_path: Path) -> None:
    tables = {"silver.models": "hub_id | model_id\n1 | a/b", "gold.documentation_rates": "cards", "gold.warning_inheritance": "child_id"}
    write_tables(tmp_path, tables, snapshot_date=DAY)
    found = page_readers()["documentation"](published(tmp_path))["tables"]
    assert (found["inheritance"]["none"], found["inheritance"]["rows"], found["lost"]["none"]) == (NO_CARD, [], NO_CARD)


def test_figures_without_edges_do_not_say_that_guessed_edges_count(pages: dict[str, Any]) -> None:
    assert [pages["trends"]["tasks"]["counts_guesses"], pages["licenses"]["by_year"]["counts_guesses"]] == [False, False]
    assert pages["licenses"]["matrix"]["counts_guesses"]


def test_a_month_without_a_model_of_a_technique_or_task_is_zero(tmp_path: Path) -> None:
    techniques = """
        technique | month   | stratum | models | known_models | all_models | known_share | coverage_share
        lora      | 2024-05 | all     | 1      | 4            | 5          | 0.25        | 0.8
        dpo       | 2024-05 | all     | 3      | 4            | 5          | 0.75        | 0.8
        dpo       | 2024-06 | all     | 2      | 2            | 2          | 1.0         | 1.0
    """
    tasks = """
        task | month   | new_models | known_models | all_models | known_share
        asr  | 2024-05 | 1          | 4            | 5          | 0.25
        ocr  | 2024-06 | 2          | 2            | 2          | 1.0
    """
    tables = {"silver.models": "hub_id | model_id\nh1 | g/base", "gold.technique_prevalence": techniques, "gold.task_trends": tasks}
    write_tables(tmp_path, tables, snapshot_date=DAY)
    shown = page_readers()["trends"](published(tmp_path))["tables"]
    shares = {
        name: [(row[by], row["month"], row["known_share"]) for row in rows(shown[name])]
        for name, by in (("techniques", "technique"), ("tasks", "task"))
    }
    assert shares == {
        "techniques": [("dpo", "2024-05", 0.75), ("dpo", "2024-06", 1), ("lora", "2024-05", 0.25), ("lora", "2024-06", 0)],
        "tasks": [("ocr", "2024-05", 0), ("ocr", "2024-06", 1), ("asr", "2024-05", 0.25), ("asr", "2024-06", 0)],
    }


def test_depth_is_named_by_what_it_measures_and_a_verdict_is_worded(pages: dict[str, Any]) -> None:
    columns = {column["name"]: column for column in pages["documentation"]["silent"]["columns"]}
    assert columns["depth"]["label"] == "depth of words on limits, bias and risks"
    assert [column["type"] for column in pages["licenses"]["examples"]["columns"] if column["name"] == "verdict"] == ["verdict"]


def test_clauses_and_parents_in_conflict_leave_guesses_out(pages: dict[str, Any]) -> None:
    assert [(row["clause"], row["edges"]) for row in rows(pages["licenses"]["clauses"])] == [("agreement", 1)]
    (parent,) = rows(pages["licenses"]["parents"])
    assert (parent["parent_id"], parent["edges"], parent["conflicts"], parent["undecided"], parent["conflict_share"]) == (
        "g/base",
        2,
        1,
        1,
        0.5,
    )


def test_a_headline_has_its_denominator_its_interval_and_its_source(pages: dict[str, Any]) -> None:
    bias = next(row for row in rows(pages["home"]["headlines"]) if "bias" in row["figure"])
    expected = {"value": 2, "total": 8, "of": "cards with text", "share": 0.25, "share_low": 0.07, "share_high": 0.59}
    assert bias | expected == bias
    assert bias["source"].startswith("gold.documentation_rates")


def test_an_estimated_headline_has_a_share_and_no_counts(pages: dict[str, Any]) -> None:
    derived = next(row for row in rows(pages["home"]["headlines"]) if "30 days" in row["figure"] and row["share_low"] is not None)
    assert (derived["value"], derived["total"], derived["share"], derived["share_low"]) == (None, None, 0.03, 0.015)


def test_strata_without_a_card_have_no_rate(pages: dict[str, Any]) -> None:
    assert "year:2024" not in {row["stratum"] for row in rows(pages["documentation"]["rates"])}
    assert [row["section_class"] for row in rows(pages["documentation"]["published"])] == ["limitations"]


def test_a_long_curve_keeps_its_ends_and_the_measured_days(pages: dict[str, Any]) -> None:
    days = [row["day"] for row in rows(pages["trends"]["waiting"]) if row["relation"] == "any"]
    assert {1, 7, 30, 90, 180, 365, 400} <= set(days)
    assert 60 <= len(days) <= 130


def test_a_table_that_is_not_built_says_so_without_the_address_of_the_warehouse(tmp_path: Path) -> None:
    found = page_readers()["licenses"](published(write_warehouse(tmp_path / "private")))["tables"]["matrix"]
    assert found["rows"] == []
    assert found["missing"].startswith("gold.license_edges is not in this warehouse. Create it: hublake build")
    assert str(tmp_path) not in json.dumps(found)


def test_a_headline_of_a_table_that_is_not_built_has_no_value(tmp_path: Path) -> None:
    found = rows(page_readers()["home"](published(write_warehouse(tmp_path)))["tables"]["headlines"])
    conflicts = next(row for row in found if row["page"] == "licenses")
    assert (conflicts["value"], conflicts["share"]) == (None, None)


def test_the_list_of_tables_has_those_that_are_not_built(tmp_path: Path) -> None:
    found = page_readers()["data"](published(write_warehouse(tmp_path)))["tables"]
    states = {row["table"]: row["state"] for row in rows(found["tables"])}
    assert set(states) == set(TABLES)
    assert (states["silver.models"], states["gold.license_edges"]) == ("published", "not built")
    assert [(row["table_name"], row["rule"], row["records"]) for row in rows(found["quarantine"])] == [("silver.models", "no_name", 1)]
