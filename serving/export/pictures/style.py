"""What the pictures have in common: colours, and names that are safe to show."""

from hublake.lake.terminal import printable

INK, PALE, PAPER = "#222222", "#767676", "#FFFFFF"
LONGEST = 44


def short_name(model_id: str, longest: int = LONGEST) -> str:
    """The name of a model in a picture: what a reader cannot see is escaped, a long one is shortened in the middle.

    >>> short_name("a/" + "x" * 30, 12)
    'a/xxxx…xxxxx'
    """
    text = printable(model_id)
    if len(text) <= longest:
        return text
    return f"{text[: longest // 2]}…{text[-((longest - 1) // 2) :]}"
