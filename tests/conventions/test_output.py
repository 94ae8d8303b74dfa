"""Text reaches the terminal on one path, which escapes what a terminal would obey (lake/terminal.py, lake/console.py)."""

import ast
from collections.abc import Iterator

from tests.conventions.sources import PACKAGES, ROOT, modules

PATH = ("lake/terminal.py", "lake/console.py")
PRINTING = {"print", "click.echo", "click.secho", "rich.print", "Console", "sys.stdout.write", "sys.stderr.write"}


def printing_calls(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in PRINTING:
            yield f"line {node.lineno}: {ast.unparse(node.func)}"


def test_only_the_two_modules_print() -> None:
    paths = [path for path in modules(*(name for name in PACKAGES if name != "tools")) if str(path.relative_to(ROOT)) not in PATH]
    found = {str(path.relative_to(ROOT)): calls for path in paths if (calls := list(printing_calls(path.read_text("utf-8"))))}
    assert found == {}


def test_printing_is_recognized() -> None:
    assert sorted(printing_calls("from rich.console import Console\nConsole().print(1)\nprint(2)")) == ["line 2: Console", "line 3: print"]
