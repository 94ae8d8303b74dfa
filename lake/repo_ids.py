"""Ids and timestamps of the Hub: pure functions."""

import re
from datetime import UTC, datetime, timedelta

# Repositories older than the Hub's `createdAt` field have this second as their creation time, or the next one.
CREATED_AT_FLOOR = datetime(2022, 3, 2, 23, 29, 4, tzinfo=UTC)
ABOVE_FLOOR = CREATED_AT_FLOOR + timedelta(seconds=2)

# Looser than what the Hub accepts today (huggingface_hub, validate_repo_id), because names from before its rules still exist:
# more than 96 characters, digits alone or `_` and `.` in an owner, `.git` at the end. 255 is the limit of file systems.
MAX_PART_LENGTH = 255
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z", re.ASCII)


def author_of(model_id: str) -> str | None:
    """Return the user or organisation before the slash; None for canonical names.

    >>> author_of("google/gemma-2b"), author_of("gpt2")
    ('google', None)
    """
    author, slash, _ = model_id.partition("/")
    return author if slash and author else None


def parse_time(text: str) -> datetime | None:
    """Parse a time as the Hub writes it, with 0 to 9 decimals of a second and Z, truncated to microseconds; None for anything else.

    >>> parse_time("2024-02-29T10:00:00.123456789Z")
    datetime.datetime(2024, 2, 29, 10, 0, 0, 123456, tzinfo=datetime.timezone.utc)
    >>> parse_time("2023-02-29T10:00:00Z") is None, parse_time("2024-02-28") is None
    (True, True)
    """
    if _TIME.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_at_floor(created_at: datetime) -> bool:
    """Whether a creation time only means "before the Hub recorded creation times"; `created_at` must have a time zone.

    >>> is_at_floor(datetime(2022, 3, 2, 23, 29, 5, tzinfo=UTC)), is_at_floor(datetime(2022, 3, 2, 23, 29, 6, tzinfo=UTC))
    (True, False)
    """
    return CREATED_AT_FLOOR <= created_at < ABOVE_FLOOR


def looks_like_model_id(text: str) -> bool:
    """Whether a text has the form `owner/name` or, for canonical models, `name`: not a URL, a path or a sentence.

    >>> [looks_like_model_id(text) for text in ("gpt2", "1575/7447", "glasses/resnet50.git", "a_b.c/d")]
    [True, True, True, True]
    >>> [looks_like_model_id(text) for text in ("", "./model", "a/b/c", "https://huggingface.co/a/b", "two words", "a/..")]
    [False, False, False, False, False, False]
    """
    parts = text.split("/")
    return len(parts) <= 2 and all(len(part) <= MAX_PART_LENGTH and _PART.fullmatch(part) for part in parts)
