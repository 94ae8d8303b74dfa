"""The Hub's canonical models, which had names without an owner until they moved into organisations (conf/canonical_names.csv)."""

from functools import cache

from hublake.lake.curated import curated


def canonical_name(name: str) -> str | None:
    """The canonical name that is `name` in any letter case, as the Hub wrote it; null for other names.

    >>> canonical_name("GPT2"), canonical_name("my-model")
    ('gpt2', None)
    """
    row = _rows().get(name.lower())
    return None if row is None else row[0]


def canonical_home(name: str) -> str | None:
    """The id that a canonical model has since it moved.

    >>> canonical_home("gpt2")
    'openai-community/gpt2'
    """
    row = _rows().get(name.lower())
    return None if row is None else row[1]


def canonical_owners() -> dict[str, str]:
    """The organisation that has each canonical model since it moved, by the model's name in lower case.

    >>> canonical_owners()["gpt2"]
    'openai-community'
    """
    return {name: home.partition("/")[0] for name, (_, home) in _rows().items()}


@cache
def _rows() -> dict[str, tuple[str, str]]:
    return {row["old"].lower(): (row["old"], row["new"]) for row in curated("canonical_names")}
