from datetime import UTC, datetime

import pytest

from hublake.lake.repo_ids import author_of, is_at_floor, looks_like_model_id, parse_time


@pytest.mark.parametrize(("model_id", "author"), [("m/base", "m"), ("gpt2", None), ("1575/7447", "1575"), ("/base", None), ("", None)])
def test_the_author_is_the_part_before_the_slash(model_id: str, author: str | None) -> None:
    assert author_of(model_id) == author


@pytest.mark.parametrize(
    ("text", "microsecond"), [("Z", 0), (".0Z", 0), (".5Z", 500_000), (".000Z", 0), (".123456Z", 123_456), (".999999999Z", 999_999)]
)
def test_a_time_may_have_up_to_nine_decimals(text: str, microsecond: int) -> None:
    assert parse_time("2024-06-01T12:30:59" + text) == datetime(2024, 6, 1, 12, 30, 59, microsecond, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2024-06-01",
        "2024-06-01T12:30:59",  # no zone
        "2024-06-01T12:30:59+02:00",  # the Hub writes Z only
        "2024-06-01T12:30:59.1234567890Z",
        "2024-06-01T12:30:59.Z",
        "2024-06-31T12:30:59Z",  # no such day
        "0000-01-01T00:00:00Z",
        "2024-06-01T12:30:59Z\n",
        "٢٠٢٤-06-01T12:30:59Z",  # digits of another script
    ],
)
def test_any_other_text_is_not_a_time(text: str) -> None:
    assert parse_time(text) is None


@pytest.mark.parametrize(
    ("text", "is_floor"),
    [
        ("2022-03-02T23:29:03.000Z", False),
        ("2022-03-02T23:29:04.000Z", True),
        ("2022-03-02T23:29:05.000Z", True),
        ("2022-03-02T23:29:06.000Z", False),
    ],
)
def test_the_floor_is_two_seconds_wide(text: str, is_floor: bool) -> None:
    created_at = parse_time(text)
    assert created_at is not None
    assert is_at_floor(created_at) is is_floor


@pytest.mark.parametrize("text", ["gpt2", "m/base", "1575/7447", "a_b.c/d", "glasses/resnet50.git", "_x/_y", "m/" + "a" * 200])
def test_old_names_that_break_current_rules_are_names(text: str) -> None:
    assert looks_like_model_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "m/",
        "/base",
        "m/base/tree",
        "./out",
        "../out",
        "~/model",
        "m/base ",
        "a b",
        "modèle",
        "m/base\n",
        "-x",
        "a:b",
        "m/" + "a" * 256,
    ],
)
def test_paths_sentences_and_urls_are_not_names(text: str) -> None:
    assert not looks_like_model_id(text)
