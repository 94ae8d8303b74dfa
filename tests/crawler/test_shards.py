"""Shards as text."""

import pytest

from hublake.crawler.shards import Shard
from hublake.lake.errors import WrongUse


@pytest.mark.parametrize("text", ["4/4", "1", "a/b", "-1/4", "0/0", "1/99999", ""])
def test_a_shard_has_the_form_i_of_n(text: str) -> None:
    with pytest.raises(WrongUse, match="is not I/N"):
        Shard.parse(text)
