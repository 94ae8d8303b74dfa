"""The one path of text to the terminal: names, cards and responses of the Hub are hostile, and a terminal obeys what it prints."""

import json
from typing import Any

import click

from hublake.lake.verbosity import is_quiet


def printable(text: str) -> str:
    r"""Replace every character that a terminal does not show as itself by its escape: controls, line breaks, invisible and bidi characters.

    >>> printable("a\x1b[2Jb\nc")
    'a\\x1b[2Jb\\nc'
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text)


def echo(message: str, *, err: bool = False) -> None:
    """Print a message; its line breaks are those of the message."""
    click.echo("\n".join(map(printable, message.split("\n"))), err=err)


def notice(message: str) -> None:
    """Print what is no result and no problem to standard error, unless with --quiet."""
    if not is_quiet():
        echo(message, err=True)


def json_text(value: Any, indent: int | None = None) -> str:
    r"""The value as JSON that is safe to print: characters that a terminal does not show as themselves are escaped, and read back equal.

    >>> json_text({"name": "\x9b2J\u202eé"})
    '{"name": "\\u009b2J\\u202eé"}'
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "\n".join(line if line.isprintable() else "".join(map(_escaped, line)) for line in text.split("\n"))


def _escaped(letter: str) -> str:
    return letter if letter.isprintable() else json.dumps(letter)[1:-1]
