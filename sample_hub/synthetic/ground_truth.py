"""The ground truth of a synthetic hub, for comparison in tests.

models.jsonl.gz   one row per listed model, in the order of `_id`
edges.jsonl.gz    one row per derivation, including those that are declared wrongly or not at all
datasets.jsonl.gz one row per dataset, in the order of `_id`
accounts.jsonl.gz one row per author of a repository, by name; status 404 for a deleted account
summary.json      counts
"""

import gzip
from collections import Counter
from contextlib import ExitStack
from io import BufferedWriter
from pathlib import Path
from typing import Any

import orjson

from hublake.sample_hub.synthetic.draft import Edge, ModelDraft


class GroundTruthWriter:
    """Writes the ground truth row by row. The same rows give the same bytes."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._summary = folder / "summary.json"
        # No timestamp and no file name in the gzip header: equal content gives equal bytes.
        self._models, self._edges = (
            stack.enter_context(BufferedWriter(_open_gzip(stack, folder / name), 1 << 16)) for name in ("models.jsonl.gz", "edges.jsonl.gz")
        )
        self._datasets, self._accounts = (_open_gzip(stack, folder / name) for name in ("datasets.jsonl.gz", "accounts.jsonl.gz"))
        self._counts: dict[str, Counter[str]] = {
            name: Counter()
            for name in ("relations", "edge_status", "edge_how", "card_kinds", "card_status", "oddities", "depths", "sections", "others")
        }

    def write_model(self, draft: ModelDraft) -> None:
        """Write one model and its derivations."""
        row = _model_row(draft)
        self._models.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        for edge in draft.edges:
            self._edges.write(orjson.dumps(_edge_row(draft, edge), option=orjson.OPT_APPEND_NEWLINE))
            self._count("relations", edge.relation)
            self._count("edge_status", edge.status)
            self._count("edge_how", edge.how)
        self._count("card_kinds", draft.card_kind)
        self._count("card_status", str(row["card_status"]))
        self._count("depths", str(draft.depth))
        if draft.oddity:
            self._count("oddities", draft.oddity)
        for section_class, state in row["sections"].items():
            self._count("sections", f"{section_class} {state}")

    def write_dataset(self, row: dict[str, Any]) -> None:
        """Write the row of one dataset."""
        self._datasets.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        self._count("others", "datasets")

    def write_account(self, row: dict[str, Any]) -> None:
        """Write the row of one author of a repository."""
        self._accounts.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        self._count("others", f"{row['kind']} {row['status']}")

    def write_summary(self, models: int, seed: int) -> None:
        """Write the counts after all rows."""
        counts = {name: dict(sorted(counter.items())) for name, counter in self._counts.items()}
        self._summary.write_bytes(orjson.dumps({"models": models, "seed": seed, **counts}, option=orjson.OPT_INDENT_2))

    def _count(self, name: str, value: str) -> None:
        self._counts[name][value] += 1


def _open_gzip(stack: ExitStack, path: Path) -> gzip.GzipFile:
    return stack.enter_context(gzip.GzipFile("", "wb", 3, stack.enter_context(path.open("wb")), mtime=0))


def card_status(draft: ModelDraft) -> int:
    """The final status of an anonymous GET of /resolve/main/README.md."""
    if draft.is_gone:
        return 401
    if draft.is_disabled:
        return 403
    return 200 if draft.card_bytes is not None and draft.card_path == "README.md" else 404


def _model_row(draft: ModelDraft) -> dict[str, Any]:
    is_served = card_status(draft) == 200
    card = draft.card if is_served else None
    return {
        "model_id": draft.model_id,
        "hub_id": draft.hub_id,
        "old_names": draft.old_names,
        "oddity": draft.oddity or None,
        "relation": draft.relation,
        "depth": draft.depth,
        "roots": draft.roots,
        "days_to_derivative": draft.days_to_derivative,
        "card_status": card_status(draft),
        "card_kind": draft.card_kind,
        "card_bytes": len(draft.card_bytes or b"") if is_served else None,
        "sections": card.sections if card else {},
        "bias_depth": card.depth if card else 0,
        "license": (draft.front or {}).get("license"),
        "languages": draft.languages,
    }


def _edge_row(draft: ModelDraft, edge: Edge) -> dict[str, Any]:
    return {
        "child": draft.model_id,
        "child_hub_id": draft.hub_id,
        "parent": edge.parent_id,
        "parent_hub_id": edge.parent_hub_id,
        "declared_parent": edge.declared if edge.declared is not None else edge.tag,
        "relation": edge.relation,
        "status": edge.status,
        "how": edge.how,
        "is_in_card": edge.declared is not None,
        "is_in_tags": edge.tag is not None,
    }
