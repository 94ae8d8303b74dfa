import gzip
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from hublake.lake.errors import WrongUse
from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.replay import load_recording, stable_hub_id
from hublake.sample_hub.store import Store
from tests.sample_hub.conftest import UNLIMITED
from tests.sample_hub.http_client import HttpClient

TODAY = {"_id": "66d0f1c2a1b2c3d4e5f60718", "id": "ann/today", "createdAt": "2024-08-29T22:10:10.000Z", "sha": "ab" * 20, "downloads": 3}
LATER = {"id": "ann/later", "createdAt": "2026-08-18T06:09:20.000Z", "tags": ["base_model:ann/today", "base_model:finetune:ann/today"]}
OLD = {"id": "bob/old", "modelId": "bob/old", "pipeline_tag": None, "config": None, "siblings": [{"rfilename": "README.md"}]}
OLDEST = {"modelId": "nameless-canonical", "downloads": None}

packed = partial(gzip.compress, mtime=0)  # no timestamp in the parametrized test names


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


def list_all(store: Store) -> list[dict[str, Any]]:
    with PracticeHub(store, quotas=UNLIMITED) as hub, HttpClient(hub.url) as client:
        return [item for page in client.pages("/api/models?limit=1&sort=createdAt&direction=1&full=true&config=true") for item in page]


def test_recorded_items_are_listed_by_creation_with_all_recorded_fields(folder: Path, tmp_path: Path) -> None:
    items = list_all(load_recording(folder, tmp_path / "hub.sqlite"))
    assert {item["id"] for item in items[:2]} == {"bob/old", "nameless-canonical"}, "items without a date are the oldest"
    assert [item["id"] for item in items[2:]] == ["ann/today", "ann/later"]
    old = next(item for item in items if item["id"] == "bob/old")
    assert (old["pipeline_tag"], old["config"]) == (None, None), "recorded nulls are kept"
    assert "sha" not in old


def test_a_missing_id_is_the_same_in_every_recording(folder: Path, tmp_path: Path) -> None:
    first, second = (list_all(load_recording(folder, tmp_path / name)) for name in ("a.sqlite", "b.sqlite"))
    assert [item["_id"] for item in first] == [item["_id"] for item in second]
    assert all(len(item["_id"]) == 24 and int(item["_id"], 16) for item in first)
    assert stable_hub_id({"id": "ann/later", "createdAt": "2026-08-18T06:09:20.000Z"}).startswith(f"{1787033360:08x}")


def test_cards_are_served_as_recorded(folder: Path, tmp_path: Path) -> None:
    with PracticeHub(load_recording(folder, tmp_path / "hub.sqlite"), quotas=UNLIMITED) as hub, HttpClient(hub.url) as client:
        responses = {
            name: client.get_following_redirects(f"/{name}/resolve/main/README.md") for name in ("bob/old", "ann/today", "ann/later")
        }
    assert {name: response.status for name, response in responses.items()} == {"bob/old": 200, "ann/today": 404, "ann/later": 401}
    assert responses["bob/old"].body == "# old\nä\n".encode()


def test_a_file_of_any_name_is_replayed_with_the_cards_file_of_that_name(tmp_path: Path) -> None:
    models = recorded(tmp_path / "models-2026-08-21.jsonl.gz", TODAY, LATER)
    recorded(tmp_path / "cards-2026-08-21.jsonl.gz", {"id": "ann/today", "status": 200, "card": "# t\n"})
    store = load_recording(models, tmp_path / "hub.sqlite")
    assert store.count() == 2
    stored = store.file(str(TODAY["_id"]), "README.md")
    assert stored and stored.body == b"# t\n"


def test_a_recording_without_a_cards_file_has_no_cards(tmp_path: Path) -> None:
    assert load_recording(recorded(tmp_path / "models.jsonl.gz", TODAY), tmp_path / "hub.sqlite").count() == 1


def test_of_a_model_that_appears_twice_the_last_line_counts(tmp_path: Path) -> None:
    again = {**LATER, "downloads": 9, "tags": []}
    store = load_recording(recorded(tmp_path / "models.jsonl.gz", LATER, again), tmp_path / "hub.sqlite")
    assert [item.get("downloads") for item in list_all(store)] == [9]
    assert store.children_by_relation("ann/today")["finetune"] == 0


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "there is no folder or file"),
        (packed(b"{}\n"), "line 1: no 'id' of a model"),
        (packed(b'{"id": "a/b"}\n{"id": \n'), "line 2 is not JSON"),
        (packed(b""), "contains no model"),
        (packed(b'{"id": "a/b", "createdAt": "yesterday"}\n'), "createdAt cannot be read"),
        (b"plain text", "cannot be read as gzip"),
        (packed(orjson.dumps(TODAY) * 50)[:-20], "cannot be read as gzip"),
    ],
)
def test_an_unreadable_recording_raises_an_error_with_its_location(tmp_path: Path, content: bytes | None, expected: str) -> None:
    path = tmp_path / "models.jsonl.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WrongUse, match=expected):
        load_recording(path, tmp_path / "hub.sqlite")


def test_a_folder_without_models_raises_an_error_with_the_missing_file(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"contains no models\.jsonl\.gz"):
        load_recording(tmp_path, tmp_path / "hub.sqlite")


def test_an_incomplete_store_is_not_opened(tmp_path: Path) -> None:
    Store.create(tmp_path / "half.sqlite").close()
    with pytest.raises(WrongUse, match="incomplete"):
        Store.open(tmp_path / "half.sqlite")
    with pytest.raises(WrongUse, match="no store"):
        Store.open(tmp_path / "none.sqlite")


def test_real_recordings_are_listed_completely(shared_data: Path, tmp_path: Path) -> None:
    store = load_recording(shared_data / "hub2026" / "models-2026-08-21.jsonl.gz", tmp_path / "hub.sqlite")
    with PracticeHub(store, quotas=UNLIMITED) as hub, HttpClient(hub.url) as client:
        pages = list(client.pages("/api/models?limit=1000&sort=createdAt&direction=1&expand=createdAt"))
    ids = [item["_id"] for page in pages for item in page]
    assert len(ids) == len(set(ids)) == 12_674
    created = [item["createdAt"] for page in pages for item in page]
    assert created == sorted(created)
