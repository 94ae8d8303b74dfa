"""The explorer's data folder, without pages, for a synthetic hub of any size: the same bytes for the same size.

Size is the number of connected models, all of which the map draws; of 3.1 million listed models, fewer than half are connected. Each merge
has two parents, so that there are 1.05 edges per derivative. Laufer et al. (arXiv 2508.06811) counted 1.04 on the Hub: 573,653 edges, and
1,860,411 models less 1,308,021 components. HuggingGraph (arXiv 2507.14240) has 1.15 per node.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from hublake.explorer.data import map_files
from hublake.explorer.data.files import write_json
from hublake.explorer.data.graph import Graph
from hublake.explorer.data.limits import DOES_NOT_SAY
from hublake.explorer.data.store import FORMAT, MANIFEST
from hublake.lake.enums import EVIDENCE, GUESSED_EVIDENCE
from hublake.serving.layouts.forest import ROOT

Numbers = np.ndarray[Any, np.dtype[Any]]

SEED = 26
DAY = date(2026, 11, 29)
FAMILY_SHARE = 0.016  # families per connected model, as in the listing of 2026
SERIES = ("llama", "qwen", "mistral", "gemma", "phi", "bert", "sdxl", "whisper", "flux", "t5")
VOCABULARIES: Mapping[str, Sequence[str]] = {
    "relation": ["base", "finetune", "adapter", "quantized", "merge"],
    "license_class": ["unknown", "permissive", "copyleft", "openrail", "llama", "research", "none"],
    "task": ["unknown", "text-generation", "text-classification", "speech", "translation", "embedding", "vision", "other"],
    "country": ["unknown", "US", "CN", "FR", "GB", "DE", "KR", "JP", "other"],
    "language": ["unknown", "en", "zh", "fr", "several", "other"],
    "documentation": ["unknown", "limitations and bias", "limitations", "bias", "neither"],
    "evidence": ["unknown", *EVIDENCE],
}
UNKNOWN_SHARES = {"license_class": 0.35, "task": 0.3, "country": 0.5, "language": 0.4, "documentation": 0.2}
MERGE = VOCABULARIES["relation"].index("merge")
HOSTILE = ("evil/<img src=x onerror=alert(1)>", 'evil/"quoted",comma', "evil/=HYPERLINK(1)", "evil/naïve-модель")


def write_map(folder: Path, models: int, families: int | None = None) -> None:
    """Write `manifest.json` and `map/` below the folder. The last models have hostile names."""
    graph = _graph(models, families or max(3, int(models * FAMILY_SHARE)))
    placed = map_files.write_map(graph, folder / "map")
    manifest = {
        "format": FORMAT,
        "snapshot_date": DAY,
        "generated_by": "synthetic_map",
        "table_versions": {},
        "models": models * 2,
        "connected": models,
        "edges": len(graph.child),
        "families": placed,
        "server": False,
        "shards": 1,
        "does_not_say": DOES_NOT_SAY,
        "guessed_evidence": list(GUESSED_EVIDENCE),
        "commercial_use": {"cc-by-nc-4.0": "no", "mit": "yes"},
        "vocabularies": VOCABULARIES,
        "counts": graph.counts(),
        "parts": {f"map/{path.name}": path.stat().st_size for path in sorted((folder / "map").iterdir())},
    }
    write_json(folder / MANIFEST, manifest)


def _graph(models: int, families: int) -> Graph:
    rng = np.random.default_rng(SEED)
    family, parent = _forest(rng, models, families)
    relation = np.where(parent < 0, 0, rng.choice(5, models, p=[0, 0.3, 0.35, 0.3, 0.05]))
    children = np.bincount(parent[parent >= 0], minlength=models)
    downloads = np.minimum(25, 1 + rng.pareto(0.9, models).astype(np.int64) + np.log2(children + 1).astype(np.int64))
    order = np.lexsort((rng.random(models), -downloads, -children))  # best first
    rank = np.empty(models, np.int64)
    rank[order] = np.arange(models)
    first = np.sort(rng.integers(1, 50, families))  # a family begins in one month, and its models follow until the last
    month = np.where(parent < 0, first[family], first[family] + ((57 - first[family]) * rng.random(models) ** 0.7).astype(np.int64))
    is_child = parent >= 0
    evidence = rng.integers(1, len(EVIDENCE), is_child.sum())
    merged, second = _second_parents(rng, family, parent, relation == MERGE)
    child = np.concatenate([np.flatnonzero(is_child), merged])
    edges = np.stack([rank[child], rank[np.concatenate([parent[is_child], second])]], 1)
    edge_order = np.lexsort((edges[:, 1], edges[:, 0]))
    attributes = {name: _attribute(rng, models, name, unknown) for name, unknown in UNKNOWN_SHARES.items()}
    values = attributes | {"relation": relation, "downloads": downloads}
    return Graph(
        day=DAY,
        names=pa.array(_names(rng, models)),
        child=edges[edge_order, 0],
        parent=edges[edge_order, 1],
        relation=relation[child][edge_order].astype(np.uint8),
        evidence=np.append(evidence, np.full(len(merged), len(EVIDENCE)))[edge_order].astype(np.uint8),
        main_parent=np.where(parent < 0, ROOT, rank[parent])[order],
        attributes={name: of[order].astype(np.uint8) for name, of in values.items()},
        vocabularies=VOCABULARIES,
        month=month[order].astype(np.uint16),
        created=(month + rng.random(models))[order],
        descendants=children[order],
        order=order,
    )


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


def _second_parents(rng: np.random.Generator, family: Numbers, parent: Numbers, is_merge: Numbers) -> tuple[Numbers, Numbers]:
    """(child, parent) of the second edge of merges, to the root of any family; its evidence is weaker than that of the first."""
    merges = np.flatnonzero(is_merge)
    second = family[rng.integers(len(family), size=len(merges))]
    is_other = second != parent[merges]
    return merges[is_other], second[is_other]


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
