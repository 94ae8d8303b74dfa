"""The explorer's data folder for a synthetic hub of any size: NumPy only, the same bytes for the same size."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

from hublake.lake.enums import EVIDENCE
from hublake.serving.layouts.families import FamiliesMap, families_map
from hublake.serving.layouts.raster import draw_points, png_bytes
from hublake.serving.layouts.timeline import timeline

Numbers = np.ndarray[Any, np.dtype[Any]]

SEED = 26
HALF = 65535 / 2
FAMILY_SHARE = 0.016  # families per connected model, as in the listing of 2026
SERIES = ("llama", "qwen", "mistral", "gemma", "phi", "bert", "sdxl", "whisper", "flux", "t5")
VOCABULARIES = {
    "relation": ["base", "finetune", "adapter", "quantized", "merge"],
    "license_class": ["unknown", "permissive", "copyleft", "openrail", "llama", "research", "none"],
    "task": ["unknown", "text-generation", "text-classification", "speech", "translation", "embedding", "vision", "other"],
    "country": ["unknown", "US", "CN", "FR", "GB", "DE", "KR", "JP", "other"],
    "documentation": ["unknown", "limitations and bias", "limitations", "bias", "neither"],
    "evidence": ["unknown", *EVIDENCE],
}
FILES = {"relation": 0, "license_class": 0.35, "task": 0.3, "country": 0.5, "documentation": 0.2}
COLOURS = ("#0072B2", "#E08E00", "#009E73", "#C65C93", "#4AA8E0")
HOSTILE = ("evil/<img src=x onerror=alert(1)>", 'evil/"quoted",comma', "evil/=HYPERLINK(1)", "evil/naïve-модель")


def write_map(folder: Path, models: int, families: int | None = None) -> None:
    """Write `manifest.json` and `map/` below the folder. The last models have hostile names."""
    rng = np.random.default_rng(SEED)
    family, parent = _forest(rng, models, families or max(3, int(models * FAMILY_SHARE)))
    relation = np.where(parent < 0, 0, rng.choice(5, models, p=[0, 0.3, 0.35, 0.3, 0.05]))
    discs = families_map(parent, relation)
    children = np.bincount(parent[parent >= 0], minlength=models)
    downloads = np.minimum(25, 1 + rng.pareto(0.9, models).astype(np.int64) + np.log2(children + 1).astype(np.int64))
    order = np.lexsort((rng.random(models), -downloads, -children))  # best first
    rank = np.empty(models, np.int64)
    rank[order] = np.arange(models)
    first = np.sort(rng.integers(1, 50, len(discs.root)))  # a family begins in one month, and its models follow until the last
    month = np.where(parent < 0, first[family], first[family] + ((57 - first[family]) * rng.random(models) ** 0.7).astype(np.int64))
    is_child = parent >= 0
    edges = np.stack([rank[is_child], rank[parent[is_child]]], 1)
    edge_order = np.lexsort((edges[:, 1], edges[:, 0]))
    attributes = {name: _attribute(rng, models, name, unknown) for name, unknown in FILES.items()} | {"relation": relation}

    parts: dict[str, int] = {}
    target = folder / "map"
    target.mkdir(parents=True, exist_ok=True)

    def write(name: str, content: bytes) -> None:
        packed = gzip.compress(content, 6, mtime=0) if name.endswith(".gz") else content
        (target / name).write_bytes(packed)
        parts[f"map/{name}"] = len(packed)

    def interleaved(one: Numbers, other: Numbers) -> bytes:
        return np.stack([one[order], other[order]], 1).round().astype("<u2").tobytes()

    bands = timeline(parent, relation, month + rng.random(models))
    write("positions.u16.gz", interleaved(_on_grid(discs.x, discs.extent), _on_grid(-discs.y, discs.extent)))
    write("timeline.u16.gz", interleaved(_on_grid(bands.x, 1), _on_grid(-bands.y, 1)))
    write("map.png", png_bytes(draw_points(discs.x, discs.y, relation, COLOURS, 800, discs.extent)))
    write("edges.u32.gz", edges[edge_order].astype("<u4").tobytes())
    write("edge_relation.u8.gz", relation[is_child][edge_order].astype(np.uint8).tobytes())
    write("edge_evidence.u8.gz", rng.integers(1, len(EVIDENCE) + 1, len(edges)).astype(np.uint8).tobytes())
    for name, values in (attributes | {"downloads": downloads}).items():
        write(f"attr_{name}.u8.gz", values[order].astype(np.uint8).tobytes())
    write("month.u16.gz", month[order].astype("<u2").tobytes())
    write("radius.u8.gz", np.minimum(255, 1 + 12 * np.log2(children + 1))[order].astype(np.uint8).tobytes())
    names = _names(rng, models)
    write("names.txt.gz", "".join(f"{name}\n" for name in names).encode())
    families_file = _families(discs, rank, names)
    write("families.json", json.dumps(families_file).encode())
    counts = {name: np.bincount(values, minlength=len(VOCABULARIES[name])).tolist() for name, values in attributes.items()}
    manifest = {
        "format": 1,
        "snapshot_date": "2026-11-29",
        "generated_by": "synthetic_map",
        "table_versions": {},
        "models": models * 2,
        "connected": models,
        "edges": len(edges),
        "families": len(discs.root),
        "server": False,
        "shards": 1,
        "vocabularies": VOCABULARIES,
        "counts": counts,
        "parts": parts,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def _forest(rng: np.random.Generator, models: int, families: int) -> tuple[Numbers, Numbers]:
    """(family, parent) of each model; a parent is -1 for a root. Sizes of families follow Zipf's law, and one child in four has a child of
    the root as its parent."""
    weight = 1 / np.arange(1, families + 1) ** 1.05
    family = np.concatenate([np.arange(families), rng.choice(families, models - families, p=weight / weight.sum())])
    first_child = np.full(families, -1)
    is_child = np.arange(models) >= families
    children = np.flatnonzero(is_child)
    first_child[family[children[::-1]]] = children[::-1]
    parent = np.where(is_child, family, -1)
    inner = is_child & (rng.random(models) < 0.25) & (np.arange(models) > first_child[family])
    return family, np.where(inner, first_child[family], parent)


def _families(discs: FamiliesMap, rank: Numbers, names: list[str]) -> list[dict[str, Any]]:
    """The largest families with their discs."""
    x, y, radius = (
        _on_grid(discs.family_x, discs.extent),
        _on_grid(-discs.family_y, discs.extent),
        discs.family_radius / discs.extent * HALF,
    )
    return [
        {
            "root": int(rank[discs.root[one]]),
            "name": names[int(rank[discs.root[one]])],
            "members": int(discs.members[one]),
            "x": round(float(x[one]), 1),
            "y": round(float(y[one]), 1),
            "radius": round(float(radius[one]), 1),
        }
        for one in np.argsort(-discs.members, kind="stable")[:500]
    ]


def _on_grid(values: Numbers, extent: float) -> Numbers:
    """Positions around 0 as numbers from 0 to 65,535."""
    return HALF + values / extent * HALF


def _attribute(rng: np.random.Generator, models: int, name: str, unknown: float) -> Numbers:
    known = rng.zipf(1.6, models) % (len(VOCABULARIES[name]) - 1) + 1
    return np.where(rng.random(models) < unknown, 0, known)


def _names(rng: np.random.Generator, models: int) -> list[str]:
    """Distinct names of about 27 characters, hostile ones last."""
    owners = (models * rng.random(models) ** 3).astype(np.int64).tolist()
    kinds = rng.integers(len(SERIES), size=models).tolist()
    endings = rng.choice(("base", "GGUF", "lora", "4bit", "instruct", "merged"), models).tolist()
    parts = enumerate(zip(owners, kinds, endings, strict=True))
    names = [f"user{owner}/{SERIES[kind]}-{ending}-{index:x}" for index, (owner, kind, ending) in parts]
    return [*names[: models - len(HOSTILE)], *HOSTILE][:models]
