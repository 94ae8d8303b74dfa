"""Codes of the standard form of a language, collapsed to the code of the language."""

from functools import cache

from hublake.lake.curated import curated


@cache
def macro_languages() -> dict[str, str]:
    """Code of the language by code of its standard form.

    >>> macro_languages()["cmn"], macro_languages()["nb"], macro_languages().get("yue")
    ('zh', 'no', None)
    """
    return {row["language"]: row["macro_language"] for row in curated("macro_languages")}
