"""The Hub token, looked up where every tool of this ecosystem stores it."""

import os
from collections.abc import Mapping
from pathlib import Path


def find_token(environ: Mapping[str, str] | None = None) -> str | None:
    """Return HF_TOKEN, or else the content of the token file (HF_TOKEN_PATH, $HF_HOME/token, the cache folder's); None without one."""
    environ = os.environ if environ is None else environ
    if token := environ.get("HF_TOKEN", "").strip():
        return token
    cache = Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = Path(environ.get("HF_HOME") or cache / "huggingface").expanduser()
    path = Path(environ.get("HF_TOKEN_PATH") or home / "token").expanduser()
    try:
        return path.read_text("utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None
