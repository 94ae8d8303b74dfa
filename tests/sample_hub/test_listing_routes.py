from itertools import pairwise
from typing import Any

import pytest

from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.store import Store
from tests.sample_hub.conftest import UNLIMITED
from tests.sample_hub.http_client import HttpClient, Response, get_once, next_page


def list_all(hub: PracticeHub, query: str) -> list[dict[str, Any]]:
    with HttpClient(hub.url) as client:
        return [item for page in client.pages(f"/api/models?{query}") for item in page]


@pytest.mark.parametrize("sort", ["createdAt", "downloads", "lastModified", "likes", "trendingScore"])
@pytest.mark.parametrize("direction", ["1", "-1"])
def test_a_listing_returns_every_model_once_in_any_order(hub: PracticeHub, sort: str, direction: str) -> None:
    items = list_all(hub, f"limit=97&sort={sort}&direction={direction}&expand[]={sort}")
    assert len(items) == hub.store.count()
    assert {item["_id"] for item in items} == set(hub.store.hub_ids())
    values = [item[sort] for item in items if sort in item]
    assert values == sorted(values, reverse=direction == "-1")
    missing = [position for position, item in enumerate(items) if sort not in item]
    assert missing == (list(range(len(values), len(items))) if direction == "-1" else list(range(len(missing)))), (
        "items without a value are last or first"
    )


def test_ties_are_sorted_by_id(hub: PracticeHub) -> None:
    items = list_all(hub, "limit=50&sort=likes&expand=likes")
    assert all(a["_id"] < b["_id"] for a, b in pairwise(items) if a["likes"] == b["likes"])


def test_a_page_has_at_most_and_by_default_a_thousand_items(hub: PracticeHub) -> None:
    assert [len(get_once(hub.url, f"/api/models?{query}").json) for query in ("limit=5000", "", "limit=7")] == [1000, 1000, 7]


def test_the_next_link_stays_on_this_host_and_repeats_the_query_with_its_sort(hub: PracticeHub) -> None:
    link = next_page(get_once(hub.url, "/api/models?limit=2&filter=region%3Aus&full=true"))
    assert link is not None
    assert link.startswith(f"{hub.url}/api/models?limit=2&filter=region:us&full=true&sort=trendingScore&cursor=")


def test_the_last_page_has_no_link(hub: PracticeHub) -> None:
    assert next_page(get_once(hub.url, "/api/models?limit=1000&sort=createdAt")) is None


def test_expand_returns_the_requested_fields_and_the_ids(hub: PracticeHub) -> None:
    (item,) = get_once(hub.url, "/api/models?limit=1&sort=createdAt&expand[]=likes&expand=sha").json
    assert set(item) == {"_id", "id", "likes", "sha"}


def test_switches_add_their_fields_but_not_those_of_expand(hub: PracticeHub) -> None:
    ordinary_model, full = (
        get_once(hub.url, f"/api/models?limit=1000&sort=createdAt{switches}").json for switches in ("", "&full=true&cardData=True&config=1")
    )
    keys = {key for item in full for key in item}
    assert {"sha", "siblings", "author", "cardData", "config"} <= keys - {key for item in ordinary_model for key in item}
    assert not keys & {"safetensors", "gguf", "baseModels", "downloadsAllTime"}


def test_a_field_without_a_value_is_absent(hub: PracticeHub) -> None:
    items = get_once(hub.url, "/api/models?full=true&sort=createdAt").json
    assert not [item for item in items if None in item.values()]
    assert {"author", "pipeline_tag", "library_name", "downloads"} - set.intersection(*map(set, items))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("expand=colour", '"baseModels"|"cardData"'),
        ("expand=usedStorage", "at expand"),
        ("expand=childrenModelCount", "at expand"),
        ("expand=likes&full=true", "cannot be combined"),
        ("sort=trending", "Invalid sort parameter"),
        ("limit=0", "at limit"),
        ("limit=many", "at limit"),
        ("cursor=junk", "Invalid cursor"),
    ],
)
def test_invalid_parameters_are_refused_with_the_reason(hub: PracticeHub, query: str, expected: str) -> None:
    response = get_once(hub.url, f"/api/models?{query}")
    assert response.status == 400
    assert expected in response.json["error"]
    assert "x-error-message" in response.headers


def test_filters_are_combined_with_and(hub: PracticeHub) -> None:
    items = list_all(hub, "limit=1000&filter=transformers&filter=license:mit&sort=createdAt")
    assert items
    expected = [item for item in list_all(hub, "limit=1000&sort=createdAt") if {"transformers", "license:mit"} <= set(item["tags"])]
    assert items == expected
    assert list_all(hub, "filter=transformers,license:mit&sort=createdAt") == expected


def test_children_of_a_base_are_found_by_its_typed_tag(hub: PracticeHub) -> None:
    everything = list_all(hub, "limit=1000&sort=createdAt")
    typed = next(tag for item in everything for tag in item["tags"] if tag.startswith("base_model:quantized:"))
    children = list_all(hub, f"filter={typed}&sort=createdAt")
    assert [child["id"] for child in children] == [item["id"] for item in everything if typed in item["tags"]]
    base = typed.removeprefix("base_model:quantized:")
    counted = get_once(hub.url, f"/api/models/{base}?expand=childrenModelCount").json["childrenModelCount"]
    assert counted["quantized"] == len(children)


def test_author_and_search_filter_the_listing(hub: PracticeHub) -> None:
    everything = list_all(hub, "expand=author&sort=createdAt")
    author = max((item["author"] for item in everything if "author" in item), key=[item.get("author") for item in everything].count)
    assert {item["author"] for item in list_all(hub, f"author={author}&expand=author")} == {author}
    assert list_all(hub, f"search={author[:4].upper()}&sort=createdAt&expand=author") == [
        x for x in everything if author[:4].lower() in x["id"].lower()
    ]


def list_during(hub: PracticeHub, sort: str, change: Any) -> list[str]:
    """Ids of a listing in pages of ten, with a change to the hub after the third page."""
    ids: list[str] = []
    with HttpClient(hub.url) as client:
        for number, page in enumerate(client.pages(f"/api/models?limit=10&sort={sort}&direction=1&expand={sort}")):
            ids += [item["id"] for item in page]
            if number == 2:
                change(ids)
    return ids


def test_a_listing_by_a_changing_key_can_repeat_or_miss_items(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED) as hub:
        everything = {item["id"] for item in list_all(hub, "expand=likes")}
        twice = list_during(hub, "downloads", lambda ids: small_store.update(ids[0], downloads=10**9))
        assert len(twice) == len(set(twice)) + 1
        unseen = list_all(hub, "limit=60&sort=downloads&direction=1&expand=downloads")[-1]["id"]
        missed = list_during(hub, "downloads", lambda ids: small_store.update(unseen, downloads=0))
        assert everything - set(missed) == {unseen}


def test_a_listing_by_creation_returns_everything_once_while_other_keys_change(small_store: Store) -> None:
    def change_other_keys(ids: list[str]) -> None:
        for model_id in [ids[0], *everything[40:]]:
            small_store.update(model_id, downloads=7, likes=7, trendingScore=7.0, lastModified="2026-08-20T00:00:00.000Z")

    with PracticeHub(small_store, quotas=UNLIMITED) as hub:
        everything = [item["id"] for item in list_all(hub, "sort=createdAt&direction=1&expand=likes")]
        assert list_during(hub, "createdAt", change_other_keys) == everything


def test_a_model_deleted_or_renamed_during_a_listing_appears_in_its_current_state(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED) as hub:
        everything = [item["id"] for item in list_all(hub, "sort=createdAt&direction=1&expand=likes")]

        def change(_: list[str]) -> None:
            small_store.delete(everything[45])
            small_store.rename(everything[50], "elsewhere/renamed")

        expected = [*everything[:45], *everything[46:50], "elsewhere/renamed", *everything[51:]]
        assert list_during(hub, "createdAt", change) == expected
        assert get_once(hub.url, f"/api/models/{everything[45]}").status == 401
        assert location_of(get_once(hub.url, f"/api/models/{everything[50]}?expand=likes")) == "/api/models/elsewhere/renamed?expand=likes"


def location_of(response: Response) -> str:
    assert response.status == 307
    assert response.headers["vary"] == "Origin, Accept"
    return response.headers["location"]
