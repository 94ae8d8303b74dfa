"""The file formats of `hublake export`. Each is a module here with a constant FORMAT; its name is the value of --format."""

from importlib import import_module
from pkgutil import iter_modules

from hublake.serving.export.table_format import FileFormat


def format_names() -> list[str]:
    """The names of all formats, sorted."""
    return sorted(module.name for module in iter_modules(__path__))


def find_format(name: str) -> FileFormat:
    """The format of that name, one of `format_names()`."""
    found: FileFormat = import_module(f"{__name__}.{name}").FORMAT
    return found
