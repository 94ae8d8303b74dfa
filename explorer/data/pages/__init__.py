"""The tables that each page of the explorer shows.

Each module is one page, and its `read(published)` returns the content of pages/<module>.json: {"tables": {name: {"columns": [{"name",
"type", "label"}], "rows": [[...]], "source", "note"}}}. A table that is not published has no rows, and a note that says so.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from hublake.serving.reader import PublishedTables


def page_readers() -> Mapping[str, Callable[[PublishedTables], dict[str, Any]]]:
    """Name of each page -> the function that reads its tables."""
    modules = {module.name: import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)}
    return {name: module.read for name, module in modules.items() if hasattr(module, "read")}
