"""Two ways around a hub's weak spots: cards straight from the cache, and smaller pages where large ones do not come."""

from pathlib import Path

import pytest

from crawler.card_answer import CardTarget
from crawler.direct import FAIR_TRIAL, DirectWay
from crawler.hub_api import limit_of, with_limit
from tests.crawler.crawls import crawl, rows
from tests.crawler.little_hub import Answer, Asked, card_answer, json_answer, listing, little_hub, model
from tests.crawler.test_crawl_cards import put_listing

HUB = "https://hub.example"
SHA = "a" * 40


@pytest.mark.parametrize(
    ("repo_id", "sha", "url"),
    [
        ("a/b.c", SHA, f"{HUB}/api/resolve-cache/models/a/b.c/{SHA}/README.md"),
        ("gpt2", SHA, None),
        ("a/b", "abcdef0", None),
        ("a/b", None, None),
    ],
)
def test_the_cache_is_asked_for_what_it_can_hold(repo_id: str, sha: str | None, url: str | None) -> None:
    assert DirectWay(is_on=True).url_of(HUB, "model", CardTarget("h", repo_id, sha)) == url
    assert DirectWay(is_on=False).url_of(HUB, "model", CardTarget("h", repo_id, sha)) is None


@pytest.mark.parametrize(("first", "is_left"), [([False] * FAIR_TRIAL, True), ([True] + [False] * 20, False)])
def test_the_direct_way_is_left_where_the_first_answers_bring_nothing(first: list[bool], is_left: bool) -> None:
    way = DirectWay(is_on=True)
    for is_card in first:
        way.note(is_card=is_card)
    assert (way.url_of(HUB, "model", CardTarget("h", "a/b", SHA)) is None) is is_left


def test_what_the_cache_does_not_serve_comes_by_resolve_in_the_same_crawl(tmp_path: Path) -> None:
    models = [model(1), model(2), {**model(3), "id": "canonical"}]
    put_listing(tmp_path, models)

    def route(asked: Asked) -> Answer:
        if asked.path.startswith("/api/resolve-cache/"):
            return card_answer(b"# cached") if "model-1" in asked.path else Answer(404, b"Entry not found")
        return card_answer(b"# resolved")

    with little_hub(route) as hub:
        assert crawl(tmp_path, hub.url, "cards", HUBLAKE_CRAWL_DIRECT_CARDS="1").returncode == 0
        paths = sorted(hub.paths())
    bodies = {row["repo_id"]: row["body"] for row in rows(tmp_path, "cards")}
    assert bodies == {models[0]["id"]: b"# cached", models[1]["id"]: b"# resolved", "canonical": b"# resolved"}
    assert len(paths) == 4 and not [path for path in paths if path.startswith(f"/{models[0]['id']}/")]


def test_the_size_of_a_page_is_read_and_changed_in_its_address_alone() -> None:
    url = f"{HUB}/api/models?sort=createdAt&limit=1000&expand%5B%5D=tags&expand%5B%5D=sha&cursor=eyJf%3D%3D"
    assert (limit_of(url), limit_of(HUB)) == (1000, None)
    assert with_limit(url, 500) == url.replace("1000", "500")


def test_pages_that_do_not_come_are_asked_for_smaller_and_nothing_is_lost(tmp_path: Path) -> None:
    models = [model(i) for i in range(700)]
    whole = listing(models, 250)

    def route(asked: Asked) -> Answer:
        if int(asked.query.get("limit", ["250"])[0]) > 250:
            return json_answer({"error": "too slow"}, 504)
        return whole(asked)

    with little_hub(route) as hub:
        done = crawl(tmp_path, hub.url, "models", HUBLAKE_CRAWL_MAX_ATTEMPTS="1")
        limits = [asked.query["limit"][0] for asked in hub.asked if "limit" in asked.query]
    assert done.returncode == 0, done.stderr
    assert limits == ["1000", "500", "250"]
    assert sorted(row["hub_id"] for row in rows(tmp_path, "listings")) == [item["_id"] for item in models]
