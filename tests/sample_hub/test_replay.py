import gzip
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from hublake.lake.errors import WrongUse
from hublake.sample_hub.replay import load_recorded, stable_hub_id
from hublake.sample_hub.running import Hub
from hublake.sample_hub.store import Store
from tests.sample_hub.asking import Asking
from tests.sample_hub.conftest import PLENTY

TODAY = {"_id": "66d0f1c2a1b2c3d4e5f60718", "id": "ann/today", "createdAt": "2024-08-29T22:10:10.000Z", "sha": "ab" * 20, "downloads": 3}
LATER = {"id": "ann/later", "createdAt": "2026-08-18T06:09:20.000Z", "tags": ["base_model:ann/today", "base_model:finetune:ann/today"]}
OLD = {"id": "bob/old", "modelId": "bob/old", "pipeline_tag": None, "config": None, "siblings": [{"rfilename": "README.md"}]}
OLDEST = {"modelId": "nameless-canonical", "downloads": None}

packed = partial(gzip.compress, mtime=0)  # no clock in the names of tests


def recorded(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed(b"".join(orjson.dumps(row) + b"\n" for row in rows)))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    recorded(tmp_path / "recorded" / "models.jsonl.gz", LATER, TODAY, OLD, OLDEST)
    cards = [
        {"id": "bob/old", "status": 200, "card": "# old\n\u00e4\n"},
        {"id": "ann/today", "status": 404},
        {"id": "ann/later", "status": 401},
        {"id": "nobody/here", "status": 200, "card": "# no model\n"},
    ]
    recorded(tmp_path / "recorded" / "cards.jsonl.gz", *cards)
    return tmp_path / "recorded"


def walked(store: Store) -> list[dict[str, Any]]:
    with Hub(store, quotas=PLENTY) as hub, Asking(hub.url) as asking:
        return [item for page in asking.pages("/api/models?limit=1&sort=createdAt&direction=1&full=true&config=true") for item in page]


def test_recorded_items_walk_by_creation_and_keep_what_was_sent(folder: Path, tmp_path: Path) -> None:
    items = walked(load_recorded(folder, tmp_path / "hub.sqlite"))
    assert {item["id"] for item in items[:2]} == {"bob/old", "nameless-canonical"}, "what has no date is as old as can be"
    assert [item["id"] for item in items[2:]] == ["ann/today", "ann/later"]
    old = next(item for item in items if item["id"] == "bob/old")
    assert (old["pipeline_tag"], old["config"]) == (None, None), "nulls of the day are kept"
    assert "sha" not in old


def test_an_id_that_was_not_recorded_is_the_same_in_every_recording(folder: Path, tmp_path: Path) -> None:
    first, second = (walked(load_recorded(folder, tmp_path / name)) for name in ("a.sqlite", "b.sqlite"))
    assert [item["_id"] for item in first] == [item["_id"] for item in second]
    assert all(len(item["_id"]) == 24 and int(item["_id"], 16) for item in first)
    assert stable_hub_id({"id": "ann/later", "createdAt": "2026-08-18T06:09:20.000Z"}).startswith(f"{1787033360:08x}")


def test_cards_answer_as_they_were_recorded(folder: Path, tmp_path: Path) -> None:
    with Hub(load_recorded(folder, tmp_path / "hub.sqlite"), quotas=PLENTY) as hub, Asking(hub.url) as asking:
        answers = {name: asking.followed(f"/{name}/resolve/main/README.md") for name in ("bob/old", "ann/today", "ann/later")}
    assert {name: answer.status for name, answer in answers.items()} == {"bob/old": 200, "ann/today": 404, "ann/later": 401}
    assert answers["bob/old"].body == "# old\nä\n".encode()


def test_a_file_of_any_name_is_replayed_with_the_cards_of_that_name(tmp_path: Path) -> None:
    models = recorded(tmp_path / "models-2026-08-21.jsonl.gz", TODAY, LATER)
    recorded(tmp_path / "cards-2026-08-21.jsonl.gz", {"id": "ann/today", "status": 200, "card": "# t\n"})
    store = load_recorded(models, tmp_path / "hub.sqlite")
    assert store.count() == 2
    kept = store.file(str(TODAY["_id"]), "README.md")
    assert kept and kept.body == b"# t\n"


def test_no_cards_file_is_a_hub_without_cards(tmp_path: Path) -> None:
    assert load_recorded(recorded(tmp_path / "models.jsonl.gz", TODAY), tmp_path / "hub.sqlite").count() == 1


def test_a_model_that_comes_twice_counts_with_its_last_line(tmp_path: Path) -> None:
    again = {**LATER, "downloads": 9, "tags": []}
    store = load_recorded(recorded(tmp_path / "models.jsonl.gz", LATER, again), tmp_path / "hub.sqlite")
    assert [item.get("downloads") for item in walked(store)] == [9]
    assert store.children_by_relation("ann/today")["finetune"] == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no folder or file"),
        (packed(b"{}\n"), "line 1: no 'id' of a model"),
        (packed(b'{"id": "a/b"}\n{"id": \n'), "line 2 is not JSON"),
        (packed(b""), "holds no model"),
        (packed(b'{"id": "a/b", "createdAt": "yesterday"}\n'), "createdAt cannot be read"),
        (b"plain text", "cannot be read as gzip"),
        (packed(orjson.dumps(TODAY) * 50)[:-20], "cannot be read as gzip"),
    ],
)
def test_what_cannot_be_replayed_is_told_with_its_place(tmp_path: Path, content: bytes | None, told: str) -> None:
    path = tmp_path / "models.jsonl.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WrongUse, match=told):
        load_recorded(path, tmp_path / "hub.sqlite")


def test_a_folder_without_models_is_told_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"holds no models\.jsonl\.gz"):
        load_recorded(tmp_path, tmp_path / "hub.sqlite")


def test_a_store_that_was_cut_short_is_not_opened(tmp_path: Path) -> None:
    Store.create(tmp_path / "half.sqlite").close()
    with pytest.raises(WrongUse, match="cut short"):
        Store.open(tmp_path / "half.sqlite")
    with pytest.raises(WrongUse, match="no store"):
        Store.open(tmp_path / "none.sqlite")


def test_real_recordings_walk_whole(shared_data: Path, tmp_path: Path) -> None:
    store = load_recorded(shared_data / "hub2026" / "models-2026-08-21.jsonl.gz", tmp_path / "hub.sqlite")
    with Hub(store, quotas=PLENTY) as hub, Asking(hub.url) as asking:
        pages = list(asking.pages("/api/models?limit=1000&sort=createdAt&direction=1&expand=createdAt"))
    ids = [item["_id"] for page in pages for item in page]
    assert len(ids) == len(set(ids)) == 12_674
    created = [item["createdAt"] for page in pages for item in page]
    assert created == sorted(created)
