"""`python -m benchmarks` lists the figures; `python -m benchmarks.NAME` measures one."""

import ast
from pathlib import Path

HELPERS = ("__init__", "__main__", "figure", "made_graph")

for path in sorted(Path(__file__).parent.glob("*.py")):
    if path.stem not in HELPERS:
        about = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]
        print(f"make bench ARGS={path.stem:20} {about}")
