"""The hook refuses subjects that git log and code hosts would cut off."""

import pytest

from tools.commit_subject import problem_of


@pytest.mark.parametrize("message", ["Split the docs by domain\n\n" + "a long body " * 20, "x" * 72, "# a comment of git\nShort", ""])
def test_a_subject_within_the_limit_is_accepted(message: str) -> None:
    assert problem_of(message) is None


def test_a_longer_subject_is_refused_with_its_length() -> None:
    assert "has 73 characters; the limit is 72" in (problem_of("x" * 73) or "")
