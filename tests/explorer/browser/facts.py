"""Answers of api/model and api/find for tests: a merge with a known and an unlisted parent, whose card and names contain markup."""

from collections.abc import Mapping
from typing import Any

from hublake.lake.errors import UnknownModel

MODEL = "evil/<b>merge</b>"
SENTENCE = "<script>alert(1)</script> It repeats stereotypes."
EDGE = {"steps": 0, "child_id": MODEL, "relation": "merge", "evidence": "typed_tag", "confidence": 1.0, "parent_status": "present"}
FACTS: dict[str, Any] = {
    "model_id": MODEL,
    "model": {
        "created_at": "2025-03-04T00:00:00Z",
        "is_created_at_floor": False,
        "downloads_30d": 1234,
        "likes": 5,
        "parameters": 7_000_000_000,
        "is_gated": True,
        "is_disabled": False,
        "pipeline_tag": "text-generation",
        "architecture": None,
        "oddities": ["likes is negative"],
    },
    "ancestry": [
        {**EDGE, "parent_id": "good/parent", "declared_parent": "good/parent"},
        {**EDGE, "parent_id": "gone/parent", "declared_parent": "gone/parent", "parent_status": "missing"},
        {**EDGE, "steps": 1, "child_id": "good/parent", "parent_id": "good/root", "relation": "finetune", "declared_parent": "good/root"},
    ],
    "children": {
        "models": 2,
        "by_relation": [{"relation": "quantized", "models": 2, "guessed": 1}],
        "most_downloaded": [
            {"model_id": "good/merge-GGUF", "relation": "quantized", "downloads_30d": 10, "evidence": "in_name", "confidence": 0.97}
        ],
    },
    "lineage": {"root_ids": ["good/root"], "generation": 2, "is_root": False},
    "impact": {
        "impact_score": 12.34,
        "rank": 7,
        "ranked_models": 100,
        "dependants_guessed": 1,
        "descendants": 2,
        "downloads_attributed": 1250.0,
        "pagerank_part": 0.1,
        "dependants_part": 0.2,
        "descendants_part": 0.3,
        "downloads_part": 0.4,
    },
    "license_edges": [
        {
            "parent_id": "good/parent",
            "parent_licenses": ["cc-by-nc-4.0"],
            "child_licenses": ["mit"],
            "transition": "widened",
            "verdict": "conflict",
            "clause": "commercial_use",
        }
    ],
    "license_chain": {
        "path": ["good/root", MODEL],
        "licenses": ["cc-by-nc-4.0", "mit"],
        "labels": ["conflict"],
        "worst_verdict": "conflict",
    },
    "documentation": {
        "has_card": True,
        "depth": 2,
        "generator": None,
        "sections_filled": ["bias"],
        "sentences": [SENTENCE],
        "statements": [{"sentence": SENTENCE, "classes": ["out_of_scope", "bias"], "earned_depth": True}],
    },
    "history": [],
    "quarantine": [],
    "tables": {"gold.communities": [{"community_id": "good/root", "members": 9}]},
}


def model(fields: Mapping[str, str]) -> dict[str, Any]:
    """The facts on MODEL, and no others."""
    if fields["id"] != MODEL:
        raise UnknownModel(f"no model is called '{fields['id']}'")
    return FACTS


def find(fields: Mapping[str, str]) -> dict[str, list[str]]:
    """MODEL, by any part of its name."""
    return {"found": [MODEL] if fields["words"] in MODEL else [], "similar": []}
