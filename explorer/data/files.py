"""How the explorer's files are written: the same content gives the same bytes."""

import gzip
import json
from pathlib import Path
from typing import Any

from hublake.serving.output import plain_value

LEVEL = 6


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file; if its name ends in .gz, compressed and without a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, LEVEL, mtime=0) if path.suffix == ".gz" else content)


def write_json(path: Path, content: Any) -> None:
    """Write a value as JSON."""
    write_bytes(path, json_bytes(content))


def json_bytes(content: Any) -> bytes:
    """The value as JSON in UTF-8, without blanks; `<` is escaped, so that a script in HTML may contain it."""
    text = json.dumps(plain_value(content), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").encode("utf-8", "backslashreplace")
