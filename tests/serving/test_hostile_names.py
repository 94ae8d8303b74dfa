"""Names that attack what shows them, in every format: each is read back equal by the reader of that format."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import networkx as nx
import polars as pl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from PIL import Image

from hublake.lake.cli import group
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.lineage import COMMUNITIES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.terminal import printable
from hublake.serving.layouts import LAYOUTS
from hublake.serving.model_facts import ModelFacts
from hublake.serving.model_view import print_model
from hublake.serving.reader import PublishedTables
from tests.nasty_names import NASTY_NAMES
from tests.serving.test_graph_formats import write_rows
from tests.serving.test_pictures import SVG, Page

NAMES = list(NASTY_NAMES)
ROOT = NAMES[0]
SHOWN = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})")  # in XML: a character that no document can contain
FORMULAS = ("=", "+", "-", "@", "\t", "\uff1d")
PLACED = [layout for layout in LAYOUTS if layout != "tree"]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A family of which the first name is the root."""
    folder = tmp_path_factory.mktemp("hostile")
    common = {"author": "=1+1", "downloads_30d": 5}
    write_rows(folder, MODELS, [{"hub_id": f"{n:02}", "model_id": name, **common} for n, name in enumerate(NAMES)])
    edge = {"relation": "finetune", "evidence": "card_field", "parent_status": "present", "is_self_loop": False, "confidence": 1.0}
    write_rows(folder, LINEAGE_EDGES, [edge | {"child_id": name, "parent_id": ROOT} for name in NAMES[1:]])
    write_rows(folder, COMMUNITIES, [{"model_id": name, "community_id": name, "members": 1} for name in NAMES])
    write_rows(folder, MODEL_IMPACT, [{"model_id": name, "impact_score": 50.0, "descendants": 0} for name in NAMES])
    return str(folder)


def run(warehouse: str, *arguments: str) -> bytes:
    result = CliRunner().invoke(group, [*arguments, "--warehouse", warehouse], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def as_named(text: str) -> str:
    """The name that was written as this text in XML."""
    return SHOWN.sub(lambda match: chr(int(match[1] or match[2], 16)), text)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_forty_names() -> None:
    assert len(set(NAMES)) == 40
    assert [name for name in NAMES if SHOWN.search(name)] == []


@pytest.mark.parametrize("layout", ["", *PLACED])
@pytest.mark.parametrize(("name", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_graphs_with_and_without_a_layout(
    warehouse: str, tmp_path: Path, name: str, read: Callable[[Path], nx.MultiDiGraph], layout: str
) -> None:
    run(warehouse, "export", "--format", name, "--out", str(tmp_path), *(["--layout", layout] if layout else []))
    graph = read(tmp_path / f"lineage.{name}")
    assert sorted(map(as_named, graph.nodes)) == sorted(NAMES)
    assert sorted((as_named(child), as_named(parent)) for child, parent, *_ in graph.edges) == sorted((name, ROOT) for name in NAMES[1:])
    assert {data["author"] for _, data in graph.nodes(data=True)} == {"=1+1"}
    tags = {element.tag.rpartition("}")[2] for element in ET.parse(tmp_path / f"lineage.{name}").iter()}
    assert tags <= {"graphml", "key", "graph", "node", "edge", "data", "gexf", "meta", "creator", "attributes", "attribute"} | {
        *("nodes", "edges", "attvalues", "attvalue", "color", "position", "size")
    }


@pytest.mark.parametrize("layout", ["", *PLACED])
def test_cosmograph_protects_spreadsheets_with_and_without_a_layout(warehouse: str, tmp_path: Path, layout: str) -> None:
    run(warehouse, "export", "--format", "cosmograph", "--out", str(tmp_path), *(["--layout", layout] if layout else []))
    nodes, edges = rows_of(tmp_path / "metadata.csv"), rows_of(tmp_path / "edges.csv")
    assert sorted(row["id"].removeprefix("'") for row in nodes) == sorted(NAMES)
    assert sorted(row["target"].removeprefix("'") for row in edges) == sorted(NAMES[1:])
    assert {row["id"] for row in nodes} >= {row["target"] for row in edges} | {row["source"] for row in edges}
    texts = [value for row in [*nodes, *edges] for column, value in row.items() if column not in ("x", "y")]
    assert not [text for text in texts if text.startswith(FORMULAS)]


def test_neo4j(warehouse: str, tmp_path: Path) -> None:
    run(warehouse, "export", "--format", "neo4j", "--out", str(tmp_path))
    assert sorted(row["model_id:ID"] for row in rows_of(tmp_path / "nodes.csv")) == sorted(NAMES)
    assert sorted(row[":START_ID"] for row in rows_of(tmp_path / "relationships.csv")) == sorted(NAMES[1:])


def read_jsonl(path: Path) -> Iterator[str]:
    return (json.loads(line)["model_id"] for line in path.read_bytes().splitlines())


def read_parquet(path: Path) -> Iterator[str]:
    return iter(pl.read_parquet(path)["model_id"])


def read_raw_csv(path: Path) -> Iterator[str]:
    return (row["model_id"] for row in rows_of(path))


@pytest.mark.parametrize(
    ("arguments", "file", "read"),
    [
        (["export", "models", "--format", "json"], "silver.models.jsonl", read_jsonl),
        (["export", "models", "--format", "parquet"], "silver.models.parquet", read_parquet),
        (["export", "models", "--format", "csv", "--raw"], "silver.models.csv", read_raw_csv),
        (["models", "--format", "json"], "models.jsonl", read_jsonl),
        (["models", "--format", "parquet"], "models.parquet", read_parquet),
        (["models", "--format", "csv", "--raw"], "models.csv", read_raw_csv),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_files_of_tables(warehouse: str, tmp_path: Path, arguments: list[str], file: str, read: Callable[[Path], Iterator[str]]) -> None:
    run(warehouse, *arguments, "--out", str(tmp_path))
    assert sorted(read(tmp_path / file)) == sorted(NAMES)


def test_a_database(warehouse: str, tmp_path: Path) -> None:
    run(warehouse, "export", "models", "--format", "duckdb", "--out", str(tmp_path))
    with duckdb.connect(tmp_path / "hublake.duckdb", read_only=True) as connection:
        assert sorted(name for (name,) in connection.execute("SELECT model_id FROM silver.models").fetchall()) == sorted(NAMES)


@pytest.mark.parametrize("command", [["models"], ["sql", "SELECT model_id FROM silver.models"]], ids=["models", "sql"])
def test_standard_output(warehouse: str, tmp_path: Path, command: list[str]) -> None:
    lines = run(warehouse, *command, "--format", "json").decode()
    assert sorted(json.loads(line)["model_id"] for line in lines.split("\n") if line) == sorted(NAMES)
    assert all(line.isprintable() for line in lines.split("\n"))
    cells = [row["model_id"] for row in csv.DictReader(io.StringIO(run(warehouse, *command, "--format", "csv").decode(), ""))]
    assert sorted(cell.removeprefix("'") for cell in cells) == sorted(NAMES)
    assert not [cell for cell in cells if cell.startswith(FORMULAS)]
    shown = run(warehouse, *command, "--limit", "40").decode()
    assert all(printable(name) in shown and line.isprintable() for name in NAMES for line in shown.split("\n"))


def test_parquet_on_standard_output(warehouse: str, tmp_path: Path) -> None:
    (tmp_path / "models.parquet").write_bytes(run(warehouse, "models", "--format", "parquet"))
    assert sorted(pq.read_table(tmp_path / "models.parquet")["model_id"].to_pylist()) == sorted(NAMES)


def test_json_of_one_model(warehouse: str, capsys: pytest.CaptureFixture[str]) -> None:
    published = PublishedTables(warehouse, {})
    for name in NAMES:
        print_model(ModelFacts(published, name, raw=True).read(), "json", 2)
        text = capsys.readouterr().out
        found = json.loads(text)
        assert (found["model_id"], [edge["parent_id"] for edge in found["ancestry"]]) == (name, [] if name == ROOT else [ROOT])
        assert all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_drawings_have_no_script_and_no_link(warehouse: str, tmp_path: Path, layout: str) -> None:
    run(warehouse, "export", "--format", "svg", "--layout", layout, f"--root={ROOT}", "--out", str(tmp_path))
    (path,) = tmp_path.iterdir()
    assert not {element.tag.removeprefix(SVG) for element in ET.parse(path).iter()} & {"script", "a", "image", "foreignObject"}
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", path.read_text("utf-8"))


@pytest.mark.parametrize("layout", ["families", "tree"])
def test_pictures_open(warehouse: str, tmp_path: Path, layout: str) -> None:
    run(warehouse, "export", "--format", "png", "--layout", layout, f"--root={ROOT}", "--out", str(tmp_path))
    (path,) = tmp_path.iterdir()
    with Image.open(path) as picture:
        picture.load()
        assert not any(name in str(picture.info) for name in NAMES)


@pytest.mark.parametrize("layout", PLACED)
def test_pages_have_no_script(warehouse: str, tmp_path: Path, layout: str) -> None:
    run(warehouse, "export", "--format", "html", "--layout", layout, "--out", str(tmp_path))
    page = Page((tmp_path / "lineage.html").read_text("utf-8"))
    assert {row[1] for row in page.rows[1:]} == {printable(name) for name in NAMES}
    assert not page.tags & {"script", "img", "iframe", "h2", "b"}
