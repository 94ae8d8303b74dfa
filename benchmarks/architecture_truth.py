"""How accurate are counts of parameters, experts and inferred architectures, compared with published ones and with those of parents?

    python -m benchmarks.architecture_truth --data FOLDER     (recorded hubs and labels; tests/conftest.py documents the default location)

The tables are computed by the jobs themselves. The recordings of 2026 have totals without types of numbers, and no configurations.
`parent hidden` leaves out the counts of parents, which the labels of quantised models are made of.
"""

import argparse
import csv
import gzip
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pyspark.sql import DataFrame, SparkSession

from benchmarks.figure import show
from hublake.lake.enums import RELATIONS
from hublake.lake.schema import Table
from hublake.lake.schema.silver.architectures import MODEL_CONFIGS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.settings import load
from hublake.rules.architectures.architecture_families import family_in_name, family_in_tags, family_of
from hublake.rules.architectures.parameters_in_name import name_part
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.engine.session import start_local_session
from hublake.spark_jobs.gold.architectures import model_architecture
from hublake.spark_jobs.silver import model_parameters

Item = dict[str, Any]
TOLERANCE = {"epoch": 0.15}  # of published counts, by source; Epoch rounds, and may name a family
NEAR_PARENT = 0.1
# Formats in the labels, most specific first, with the share that has to be near the parent.
FORMATS = {"gguf": 0.86, "mlx": 0.95, "nvfp4": None, "gptq": 0.95, "bitsandbytes": 0.95, "compressed-tensors": 0.95, "fp8": 0.95}


class Found(NamedTuple):
    """What gold.model_architecture has of a model."""

    parameters: int | None
    active_parameters: int | None
    is_moe: bool | None
    source: str | None
    is_confirmed: bool


def read_items(path: Path) -> Iterator[Item]:
    """Recorded listing items, one per line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def read_labels(data: Path, name: str) -> list[dict[str, str]]:
    """Rows of a label file by column."""
    with (data / "labels" / f"{name}.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def frame(spark: SparkSession, table: Table, rows: list[Item]) -> DataFrame:
    """Rows of a table without its snapshot_date; keys that a row lacks are null, or empty lists where required."""
    empty: Item = {column.name: [] for column in table if column.required and column.type.startswith("array")}
    schema = spark_schema(table, without=("snapshot_date",))
    return spark.createDataFrame([tuple((empty | row).get(field.name) for field in schema) for row in rows], schema)


def architectures(spark: SparkSession, items: Mapping[str, Item], parents: list[tuple[str, str, str]]) -> dict[str, Found]:
    """The rows of gold.model_architecture, by the jobs, for models with those edges (child, parent, relation)."""
    listed = [{"model_id": model, "tags": item["tags"], "library_name": item.get("library_name")} for model, item in items.items()]
    totals = {model: (item.get("safetensors") or {}).get("total") for model, item in items.items()}
    configs = [{"model_id": model, "safetensors_total": total} for model, total in totals.items() if total]
    edges = [
        {
            "child_id": child,
            "parent_id": parent,
            "relation": relation,
            "evidence": "typed_tag",
            "parent_status": "present",
            "is_self_loop": False,
        }
        for child, parent, relation in parents
    ]
    frames = frame(spark, MODELS, listed), frame(spark, MODEL_CONFIGS, configs), frame(spark, LINEAGE_EDGES, edges)
    counts = model_parameters.transform(*frames)
    found = model_architecture.transform(frames[0], frames[1], counts, frames[2])
    columns = ("model_id", "parameters", "active_parameters", "is_moe", "parameters_from", "is_confirmed")
    rows = found.select(*columns).toArrow().to_pylist()
    return {row["model_id"]: Found(*list(row.values())[1:]) for row in rows}


def main() -> None:
    """Measure on each label set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    data = parser.parse_args().data
    recent = {item["id"]: item for day in ("19", "21") for item in read_items(data / "hub2026" / f"models-2026-08-{day}.jsonl.gz")}
    older = {item["id"]: item for item in read_items(data / "hub2024" / "models.jsonl.gz")}
    print_dense_names(older | recent)
    print_families(list(read_items(data / "hub2022" / "models.jsonl.gz")), recent)
    with tempfile.TemporaryDirectory(prefix="hublake-") as folder, start_local_session(load(), Path(folder)) as spark:
        print_published(spark, read_labels(data, "model_parameters"), older | recent)
        print_quantised(spark, read_labels(data, "quantised_parameters"), recent)


def print_published(spark: SparkSession, rows: list[dict[str, str]], items: Mapping[str, Item]) -> None:
    """Counts, experts and active weights, against those published."""
    models = {row["model_id"]: items.get(row["model_id"]) or {"tags": []} for row in rows}
    found = architectures(spark, models, [])
    print(f"of {len(models):,} models with a published count, {sum(model in items for model in models):,} are in the recordings")
    checks = [
        (found[row["model_id"]], float(row["total_billions"]) * 1e9, TOLERANCE.get(row["source"], 0.05), row)
        for row in rows
        if row["total_billions"]
    ]
    stated = [check for check in checks if check[0].parameters]
    for source in ("all", *sorted({check[0].source or "" for check in stated})):
        of_source = [check for check in stated if source in ("all", check[0].source)]
        right = [within(check[0].parameters, check[1], check[2]) for check in of_source]
        bar = "95" if source == "all" else ""
        show(f"published counts: precision of {len(right):,} by {source}, of {len(checks):,} rows", 100 * share(right), unit="%", bar=bar)
    right = [within(check[0].parameters, check[1], max(check[2], rounding(check[3]["total_billions"]))) for check in stated]
    show("  the same, or within half a unit of the last published digit", 100 * share(right), unit="%")
    lines = [
        f"{row['model_id']}: {(ours.parameters or 0) / 1e9:.3g} by {ours.source}, {row['total_billions']} by {row['source']}"
        for ours, _, _, row in stated
    ]
    print_wrong(lines, [within(ours.parameters, truth, tolerance) for ours, truth, tolerance, _ in stated])
    confirmed = [within(each.parameters, truth, tolerance) for each, truth, tolerance, _ in stated if each.is_confirmed]
    show(f"published counts: precision of {len(confirmed):,} that a second source confirms", 100 * share(confirmed), unit="%", bar="95")
    print_experts(rows, found)


def print_experts(rows: list[dict[str, str]], found: Mapping[str, Found]) -> None:
    """Mixtures of experts and active weights, against those published."""
    known = [(found[row["model_id"]].is_moe, row) for row in rows if row["is_moe"] and found[row["model_id"]].is_moe is not None]
    right = [str(ours).lower() == row["is_moe"] for ours, row in known]
    of_all = sum(bool(row["is_moe"]) for row in rows)
    show(f"mixture of experts: right, of {len(right)} known of {of_all}", 100 * share(right), unit="%", bar="97")
    print_wrong([f"{row['model_id']}: {ours} for {row['is_moe']} by {row['source']}" for ours, row in known], right)
    active = [(found[row["model_id"]], row) for row in rows if row["active_billions"] not in ("", row["total_billions"])]
    stated = [(each.active_parameters, row) for each, row in active if each.active_parameters]
    truths = [float(row["active_billions"]) * 1e9 for _, row in stated]
    right = [within(ours, truth, 0.05) for (ours, _), truth in zip(stated, truths, strict=True)]
    show(f"active weights: precision of {len(right)}, of {len(active)}", 100 * share(right), unit="%", bar="95")
    print_wrong([f"{row['model_id']}: {(ours or 0) / 1e9:.3g}, {row['active_billions']} by {row['source']}" for ours, row in stated], right)
    rounded = [within(ours, truth, max(0.05, rounding(row["active_billions"]))) for (ours, row), truth in zip(stated, truths, strict=True)]
    show("  the same, or within half a unit of the last published digit", 100 * share(rounded), unit="%", bar="95")


def print_wrong(lines: list[str], right: list[bool]) -> None:
    """The lines of what is not right."""
    for line in sorted(line for line, is_right in zip(lines, right, strict=True) if not is_right):
        print(f"    {line}")


def print_quantised(spark: SparkSession, rows: list[dict[str, str]], items: Mapping[str, Item]) -> None:
    """Counts of quantised models, against their parents', without and with the count of the parent as a source."""
    children = {row["model_id"]: items.get(row["model_id"]) or {"tags": row["format_tags"].split()} for row in rows}
    children = {row["model_id"]: children[row["model_id"]] | {"safetensors": {"total": int(row["hub_parameters"])}} for row in rows}
    parents = {row["parent_id"]: {"tags": [], "safetensors": {"total": int(row["parent_parameters"])}} for row in rows}
    hidden = architectures(spark, children, [])
    edges = [(row["model_id"], row["parent_id"], "quantized") for row in rows]
    published = architectures(spark, parents | children, edges)
    for name, found in (("parent hidden", hidden), ("published", published)):
        for quantised, bar in FORMATS.items():
            of_format = [row for row in rows if format_of(row["format_tags"]) == quantised]
            checks = [(found[row["model_id"]], int(row["parent_parameters"])) for row in of_format]
            right = [within(each.parameters, truth, NEAR_PARENT) for each, truth in checks if each.parameters]
            of_all = f"{sum(right)} of {len(checks)}"
            figure = f"{quantised}, {name}: within 10 % of the parent, of {len(right)} stated ({of_all})"
            show(figure, 100 * share(right), unit="%", bar=f"{100 * bar:g}" if bar else "")
    products = [
        model for model in hidden.keys() | published.keys() if "x" in model and is_product(model, published.get(model) or hidden[model])
    ]
    show("names of N x M whose product is published", len(products), unit="models", bar="0")


def print_families(of_2022: list[Item], recent: Mapping[str, Item]) -> None:
    """Inferred families against stated ones: by tags and names where a configuration states them, by parents where tags do."""
    stated = []
    for item in of_2022:
        classes = (item.get("config") or {}).get("architectures")
        family = family_of(classes[0]).family if isinstance(classes, list) and classes and isinstance(classes[0], str) else "other"
        if family != "other":
            stated.append((item, family))
    for source in ("tags", "name"):
        found = [
            (family_in_tags(item["tags"]) if source == "tags" else family_in_name(name_part(item["id"])), family) for item, family in stated
        ]
        right = [each[1].family == family for each, family in found if each]
        show(f"families by {source}, configuration hidden: right, of {len(right):,} of {len(found):,}", 100 * share(right), unit="%")
    for relation in RELATIONS:
        pairs = [
            (family_in_tags(item["tags"]), family_in_tags(recent[parent]["tags"]))
            for item in recent.values()
            for tag in item["tags"]
            if tag.startswith(f"base_model:{relation}:") and (parent := tag.split(":", 2)[2]) in recent
        ]
        right = [own[1].family == parent[1].family for own, parent in pairs if own and parent]
        show(f"families by parent, {relation}: right, of {len(right):,}", 100 * share(right), unit="%")


def print_dense_names(items: Mapping[str, Item]) -> None:
    """Whether models whose names state a dense architecture are dense by the model type among their tags."""
    found = [(family_in_name(name_part(model)), family_in_tags(item["tags"])) for model, item in items.items()]
    known = [tag[1].is_mixture for name, tag in found if name and name[1].is_mixture is False and tag and tag[1].is_mixture is not None]
    right = [not is_mixture for is_mixture in known]
    show(f"dense by name: right by tag, of {len(right):,}", 100 * share(right), unit="%", bar="97")


def format_of(tags: str) -> str:
    """The format that the tags of a label state."""
    return next((name for name in FORMATS if name in tags.split()), "")


def within(ours: int | None, truth: float, tolerance: float) -> bool:
    """Whether a count is as near to the truth as the tolerance."""
    return ours is not None and abs(ours - truth) <= tolerance * truth + 1


def rounding(published: str) -> float:
    """Half a unit of the last digit of a number as written, as a part of the number."""
    digits = len(published.partition(".")[2].rstrip("0"))
    return float(0.5 * 10**-digits / float(published))


def is_product(model: str, found: Found) -> bool:
    """Whether a name states experts times size, and the published count is the product."""
    for part in name_part(model).lower().split("-"):
        experts, _, size = part.partition("x")
        number = size.rstrip("b")
        if experts.isdigit() and size.endswith("b") and number.replace(".", "", 1).isdigit():
            return found.parameters == round(int(experts) * float(number) * 1e9)
    return False


def share(right: list[bool]) -> float:
    """The share of true values; 0 if there are none."""
    return sum(right) / max(len(right), 1)


if __name__ == "__main__":
    main()
