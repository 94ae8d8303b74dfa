"""`python -m benchmarks` lists the benchmarks and the question that each answers; `python -m benchmarks.NAME` runs one."""

import ast
from pathlib import Path

for path in sorted(Path(__file__).parent.glob("*.py")):
    module = ast.parse(path.read_text("utf-8"))
    if any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in module.body):
        print(f"make bench ARGS={path.stem:20} {(ast.get_docstring(module) or '').partition(chr(10))[0]}")
