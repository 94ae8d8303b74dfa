"""Pages that time out are requested with fewer items."""

from pathlib import Path

from hublake.crawler.hub_api import page_limit, with_page_limit
from tests.crawler.crawl_runner import crawl, rows
from tests.crawler.scripted_hub import Answer, ReceivedRequest, json_answer, listing, model, scripted_hub

HUB = "https://hub.example"


def test_the_page_size_is_read_and_changed_in_the_url_only() -> None:
    url = f"{HUB}/api/models?sort=createdAt&limit=1000&expand%5B%5D=tags&expand%5B%5D=sha&cursor=eyJf%3D%3D"
    assert (page_limit(url), page_limit(HUB)) == (1000, None)
    assert with_page_limit(url, 500) == url.replace("1000", "500")


def test_pages_that_time_out_are_requested_smaller_and_nothing_is_lost(tmp_path: Path) -> None:
    models = [model(i) for i in range(700)]
    complete = listing(models, 250)

    def route(request: ReceivedRequest) -> Answer:
        if int(request.query.get("limit", ["250"])[0]) > 250:
            return json_answer({"error": "too slow"}, 504)
        return complete(request)

    with scripted_hub(route) as hub:
        done = crawl(tmp_path, hub.url, "models", HUBLAKE_CRAWL_MAX_ATTEMPTS="1")
        limits = [request.query["limit"][0] for request in hub.requests if "limit" in request.query]
    assert done.returncode == 0, done.stderr
    assert limits[:3] == ["1000", "500", "250"]
    assert sorted(row["hub_id"] for row in rows(tmp_path, "listings")) == [item["_id"] for item in models]
