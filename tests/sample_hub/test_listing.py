from itertools import pairwise
from typing import Any

import pytest

from hublake.sample_hub.running import Hub
from hublake.sample_hub.store import Store
from tests.sample_hub.asking import Answer, Asking, ask, next_page
from tests.sample_hub.conftest import PLENTY


def walked(hub: Hub, query: str) -> list[dict[str, Any]]:
    with Asking(hub.url) as asking:
        return [item for page in asking.pages(f"/api/models?{query}") for item in page]


@pytest.mark.parametrize("sort", ["createdAt", "downloads", "lastModified", "likes", "trendingScore"])
@pytest.mark.parametrize("direction", ["1", "-1"])
def test_a_walk_lists_every_model_once_whatever_the_order(hub: Hub, sort: str, direction: str) -> None:
    items = walked(hub, f"limit=97&sort={sort}&direction={direction}&expand[]={sort}")
    assert len(items) == hub.store.count()
    assert {item["_id"] for item in items} == set(hub.store.hub_ids())
    values = [item[sort] for item in items if sort in item]
    assert values == sorted(values, reverse=direction == "-1")
    missing = [position for position, item in enumerate(items) if sort not in item]
    assert missing == (list(range(len(values), len(items))) if direction == "-1" else list(range(len(missing)))), (
        "without a value: last, or first"
    )


def test_ties_come_in_the_order_of_their_ids(hub: Hub) -> None:
    items = walked(hub, "limit=50&sort=likes&expand=likes")
    assert all(a["_id"] < b["_id"] for a, b in pairwise(items) if a["likes"] == b["likes"])


def test_a_page_holds_a_thousand_at_most_and_by_default(hub: Hub) -> None:
    assert [len(ask(hub.url, f"/api/models?{query}").json) for query in ("limit=5000", "", "limit=7")] == [1000, 1000, 7]


def test_the_link_stays_on_this_host_and_repeats_the_query_with_the_sort_named(hub: Hub) -> None:
    link = next_page(ask(hub.url, "/api/models?limit=2&filter=region%3Aus&full=true"))
    assert link is not None
    assert link.startswith(f"{hub.url}/api/models?limit=2&filter=region:us&full=true&sort=trendingScore&cursor=")


def test_the_last_page_has_no_link(hub: Hub) -> None:
    assert next_page(ask(hub.url, "/api/models?limit=1000&sort=createdAt")) is None


def test_expand_gives_what_was_asked_for_and_the_ids(hub: Hub) -> None:
    (item,) = ask(hub.url, "/api/models?limit=1&sort=createdAt&expand[]=likes&expand=sha").json
    assert set(item) == {"_id", "id", "likes", "sha"}


def test_switches_add_their_fields_and_never_those_of_expand(hub: Hub) -> None:
    plain, full = (
        ask(hub.url, f"/api/models?limit=1000&sort=createdAt{switches}").json for switches in ("", "&full=true&cardData=True&config=1")
    )
    keys = {key for item in full for key in item}
    assert {"sha", "siblings", "author", "cardData", "config"} <= keys - {key for item in plain for key in item}
    assert not keys & {"safetensors", "gguf", "baseModels", "downloadsAllTime"}


def test_a_field_without_a_value_is_absent(hub: Hub) -> None:
    items = ask(hub.url, "/api/models?full=true&sort=createdAt").json
    assert not [item for item in items if None in item.values()]
    assert {"author", "pipeline_tag", "library_name", "downloads"} - set.intersection(*map(set, items))


@pytest.mark.parametrize(
    ("query", "told"),
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
def test_what_is_not_valid_is_refused_and_told(hub: Hub, query: str, told: str) -> None:
    answer = ask(hub.url, f"/api/models?{query}")
    assert answer.status == 400
    assert told in answer.json["error"]
    assert "x-error-message" in answer.headers


def test_filters_must_all_hold(hub: Hub) -> None:
    items = walked(hub, "limit=1000&filter=transformers&filter=license:mit&sort=createdAt")
    assert items
    expected = [item for item in walked(hub, "limit=1000&sort=createdAt") if {"transformers", "license:mit"} <= set(item["tags"])]
    assert items == expected
    assert walked(hub, "filter=transformers,license:mit&sort=createdAt") == expected


def test_children_of_a_base_are_found_by_its_typed_tag(hub: Hub) -> None:
    everything = walked(hub, "limit=1000&sort=createdAt")
    typed = next(tag for item in everything for tag in item["tags"] if tag.startswith("base_model:quantized:"))
    children = walked(hub, f"filter={typed}&sort=createdAt")
    assert [child["id"] for child in children] == [item["id"] for item in everything if typed in item["tags"]]
    base = typed.removeprefix("base_model:quantized:")
    counted = ask(hub.url, f"/api/models/{base}?expand=childrenModelCount").json["childrenModelCount"]
    assert counted["quantized"] == len(children)


def test_author_and_search_narrow_the_list(hub: Hub) -> None:
    everything = walked(hub, "expand=author&sort=createdAt")
    author = max((item["author"] for item in everything if "author" in item), key=[item.get("author") for item in everything].count)
    assert {item["author"] for item in walked(hub, f"author={author}&expand=author")} == {author}
    assert walked(hub, f"search={author[:4].upper()}&sort=createdAt&expand=author") == [
        x for x in everything if author[:4].lower() in x["id"].lower()
    ]


def asked_during(hub: Hub, sort: str, change: Any) -> list[str]:
    """Ids of a walk in pages of ten, with a change to the hub after the third."""
    ids: list[str] = []
    with Asking(hub.url) as asking:
        for number, page in enumerate(asking.pages(f"/api/models?limit=10&sort={sort}&direction=1&expand={sort}")):
            ids += [item["id"] for item in page]
            if number == 2:
                change(ids)
    return ids


def test_a_walk_by_a_key_that_moves_sees_items_twice_or_never(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY) as hub:
        everything = {item["id"] for item in walked(hub, "expand=likes")}
        twice = asked_during(hub, "downloads", lambda ids: small_store.update(ids[0], downloads=10**9))
        assert len(twice) == len(set(twice)) + 1
        unseen = walked(hub, "limit=60&sort=downloads&direction=1&expand=downloads")[-1]["id"]
        missed = asked_during(hub, "downloads", lambda ids: small_store.update(unseen, downloads=0))
        assert everything - set(missed) == {unseen}


def test_a_walk_by_creation_sees_everything_once_while_all_else_moves(small_store: Store) -> None:
    def turmoil(ids: list[str]) -> None:
        for model_id in [ids[0], *everything[40:]]:
            small_store.update(model_id, downloads=7, likes=7, trendingScore=7.0, lastModified="2026-08-20T00:00:00.000Z")

    with Hub(small_store, quotas=PLENTY) as hub:
        everything = [item["id"] for item in walked(hub, "sort=createdAt&direction=1&expand=likes")]
        assert asked_during(hub, "createdAt", turmoil) == everything


def test_a_model_deleted_or_renamed_during_the_walk_is_seen_as_it_then_is(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY) as hub:
        everything = [item["id"] for item in walked(hub, "sort=createdAt&direction=1&expand=likes")]

        def change(_: list[str]) -> None:
            small_store.delete(everything[45])
            small_store.rename(everything[50], "elsewhere/renamed")

        expected = [*everything[:45], *everything[46:50], "elsewhere/renamed", *everything[51:]]
        assert asked_during(hub, "createdAt", change) == expected
        assert ask(hub.url, f"/api/models/{everything[45]}").status == 401
        assert moved_to(ask(hub.url, f"/api/models/{everything[50]}?expand=likes")) == "/api/models/elsewhere/renamed?expand=likes"


def moved_to(answer: Answer) -> str:
    assert answer.status == 307
    assert answer.headers["vary"] == "Origin, Accept"
    return answer.headers["location"]
