"""Progress lines, and the bar."""

from dataclasses import replace

import pytest

from hublake.crawler.progress import CrawlProgress, ProgressDisplay, combine_progress, format_progress


@pytest.mark.parametrize(
    ("done", "total", "share", "given_up", "line"),
    [
        (50, 200, 0.96, 0, "cards: 50 of 200 models, 5.0 a second, 96 % of the quota, 0:00:30 left"),
        (50, None, None, 3, "cards: 50 models, 5.0 a second, 3 given up"),
        (0, 200, None, 0, "cards: 0 of 200 models, 0.0 a second"),
    ],
)
def test_unknown_figures_are_left_out(done: int, total: int | None, share: float | None, given_up: int, line: str) -> None:
    assert format_progress(CrawlProgress("cards", "models", done, total, share, given_up), 10.0) == line


def test_a_waiting_crawl_shows_the_reason_instead_of_a_rate() -> None:
    waiting = CrawlProgress("cards", "models", 50, 200, None, 1, "the hub does not answer (status 503)")
    assert format_progress(waiting, 10.0) == "cards: 50 of 200 models, the hub does not answer (status 503), 1 given up"
    assert combine_progress([replace(waiting, wait_reason=""), waiting]).wait_reason == waiting.wait_reason


def test_the_hubs_text_is_not_markup_of_the_bar() -> None:
    with ProgressDisplay(has_bar=True) as display:
        display.show(CrawlProgress("cards", "models", 50, 200, None, 0, "the hub does not answer ([/red])"))


def test_several_workers_are_shown_as_one() -> None:
    runs = [CrawlProgress("cards", "models", 10, 100, 0.25, 1), CrawlProgress("cards", "models", 20, 100, 0.5, 0)]
    assert combine_progress(runs) == CrawlProgress("cards", "models", 30, 200, 0.75, 1)
