"""The facts on one model straight from the Hub, in the form of `hublake.serving.model_facts`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hublake.lake.enums import GUESSED_EVIDENCE, RELATIONS
from hublake.lake.errors import WrongUse
from hublake.lake.repo_ids import looks_like_model_id
from hublake.rules.licenses.compatibility import verdict_on_sets
from hublake.rules.licenses.transitions import license_transition
from hublake.serving.live.hub_client import HubClient
from hublake.serving.live.live_model import LiveModel

Row = dict[str, Any]

MAX_MODELS = 60  # that one answer fetches; ancestors beyond it are named, and not followed
VERDICTS_BY_RANK = ("ok", "unknown", "conflict")
NOT_LIVE = "the Hub alone does not tell impact, history, parents that only names suggest, and text copied from a parent: read a warehouse"


class LiveFacts:
    """Fetches a model, its card and its ancestors up to the roots.

    Cost: a request per model, and one more for the card of the model and of ancestors whose metadata names no parent. Raises WrongUse
    where the Hub shows no model of that name, HublakeError where it cannot be read.
    """

    def __init__(self, hub: HubClient, model_id: str, *, raw: bool = False, without_guesses: bool = False) -> None:
        self._hub = hub
        self._id = model_id
        self._raw = raw
        self._without_guesses = without_guesses
        self._models: dict[str, LiveModel | None] = {}

    def read(self) -> Row:
        """The facts by topic, as ModelFacts.read; what needs the whole Hub is null or empty, and `note` says so."""
        if not looks_like_model_id(self._id):
            raise WrongUse(f"'{self._id[:200]}' is no name of a model. Give owner/name")
        model = self._fetch(self._id)
        if model is None:
            raise WrongUse(f"{self._hub.endpoint} shows no model '{self._id}': it does not exist, or needs a token with access")
        ancestry, problems = self._ancestry(model)
        edges = [edge for edge in ancestry if edge["steps"] == 0]
        facts: Row = {
            "model_id": model.model_id,
            "snapshot_date": datetime.now(UTC).date(),
            "note": f"read from {self._hub.endpoint} now; {NOT_LIVE}",
            "model": model.row,
            "ancestry": ancestry,
            "children": _children(model),
            "lineage": self._lineage(model, ancestry),
            "impact": None,
            "license_edges": [row for edge in edges if (row := self._license_edge(edge))],
            "license_chain": self._license_chain(model, ancestry),
            "documentation": model.documentation(),
            "history": [],
            "quarantine": problems,
            "tables": {
                name: rows
                for name, rows in (
                    ("silver.model_licenses", model.licenses()),
                    ("silver.model_datasets", model.datasets()),
                    ("silver.model_languages", model.languages()),
                    ("silver.model_configs", [model.config()]),
                )
                if any(rows)
            },
        }
        if self._raw:
            facts["listing"] = model.body
        return facts

    def _fetch(self, model_id: str) -> LiveModel | None:
        """The model with what states its parents. The card is read of the model itself, and where the metadata names no parent."""
        if model_id not in self._models:
            body = self._hub.item(model_id)
            model = None if body is None else LiveModel(body)
            if model is not None and model.row["has_card"] and (not self._models or not model.names_parent):
                model.with_card(self._hub.card(model.model_id, model.row["sha"]))
            self._models[model_id] = model
        return self._models[model_id]

    def _ancestry(self, model: LiveModel) -> tuple[list[Row], list[Row]]:
        """The edges up to the roots, nearest first, and the claims that name no model."""
        found: list[Row] = []
        problems: list[Row] = []
        seen, level, steps = {model.model_id}, [model], 0
        while level:
            following: list[LiveModel] = []
            for child in level:
                for claim in child.parents():
                    if claim.problem is not None:
                        if child is model:
                            problems.append(
                                {
                                    "table_name": "silver.lineage_edges",
                                    "rule": claim.problem,
                                    "reason": f"{claim.problem}: {claim.declared_parent}",
                                }
                            )
                        continue
                    edge, parent = self._edge(child, claim, steps)
                    if edge is None:
                        continue
                    found.append(edge)
                    if parent is not None and parent.model_id not in seen:
                        seen.add(parent.model_id)
                        following.append(parent)
            level, steps = following, steps + 1
        return found, problems

    def _edge(self, child: LiveModel, claim: Any, steps: int) -> tuple[Row | None, LiveModel | None]:
        """The edge of a claim and its parent, None without one; a bare tag counts only if it is the name of a model."""
        is_guessed = claim.evidence in GUESSED_EVIDENCE
        if is_guessed and self._without_guesses:
            return None, None
        is_known = claim.parent in self._models or len(self._models) < MAX_MODELS
        parent = self._fetch(claim.parent) if is_known else None
        if parent is None and is_guessed:
            return None, None
        parent_id = claim.parent if parent is None else parent.model_id
        if parent_id == child.model_id:
            return None, None
        status = "missing" if parent is None else "present" if parent_id == claim.parent else "renamed"
        edge = {"steps": steps, "child_id": child.model_id, "parent_id": parent_id, "relation": claim.relation, "evidence": claim.evidence}
        edge |= {"is_relation_declared": claim.is_relation_declared, "confidence": claim.confidence}
        status = status if is_known else "not followed"
        return edge | {"parent_status": status, "declared_parent": claim.declared_parent}, parent

    def _lineage(self, model: LiveModel, ancestry: Sequence[Row]) -> Row:
        paths = _longest_paths(model.model_id, ancestry)
        lengths = {path[0]: len(path) - 1 for path in paths}
        return {"root_ids": sorted(lengths), "generation": max(lengths.values()), "is_root": False}

    def _licenses(self, model_id: str) -> list[str]:
        model = next((found for found in self._models.values() if found is not None and found.model_id == model_id), None)
        return sorted({row["comparable_license"] for row in model.licenses()}) if model is not None else []

    def _license_edge(self, edge: Row) -> Row | None:
        """The row of gold.license_edges with the licences of now; None for a parent that was not fetched."""
        if edge["parent_status"] not in ("present", "renamed"):
            return None
        parents, children = self._licenses(edge["parent_id"]), self._licenses(edge["child_id"])
        verdict = verdict_on_sets(parents, children, edge["relation"])
        kept = {name: edge[name] for name in ("parent_id", "relation", "evidence")}
        licenses = {"parent_licenses": parents, "child_licenses": children, "transition": license_transition(parents, children)}
        return {**kept, **licenses, "verdict": verdict.verdict, "clause": verdict.clause, "clause_source": verdict.reading}

    def _license_chain(self, model: LiveModel, ancestry: Sequence[Row]) -> Row | None:
        """The longest declared path from a root, with its licences and its worst verdict; None without a declared, shown parent."""
        declared = [edge for edge in ancestry if edge["evidence"] not in GUESSED_EVIDENCE]
        path = max(_longest_paths(model.model_id, declared), key=len)
        if len(path) == 1:
            return None
        on_path = set(zip(path[1:], path, strict=False))
        edges = [row for edge in declared if (edge["child_id"], edge["parent_id"]) in on_path and (row := self._license_edge(edge))]
        worst = max((row["verdict"] for row in edges), key=VERDICTS_BY_RANK.index, default="unknown")
        return {"path": path, "licenses": [", ".join(self._licenses(name)) for name in path], "labels": None, "worst_verdict": worst}


def _longest_paths(model_id: str, ancestry: Sequence[Row]) -> list[list[str]]:
    """For each root, the longest path from it to the model; edges that would close a cycle are left out."""
    parents: dict[str, list[str]] = {}
    for edge in ancestry:
        if edge["parent_status"] in ("present", "renamed"):
            parents.setdefault(edge["child_id"], []).append(edge["parent_id"])
    longest: dict[str, list[str]] = {}
    stack = [[model_id]]
    walked = 0
    while stack and walked < 10_000:  # a tangle of merges has more paths than anybody reads
        path, walked = stack.pop(), walked + 1
        above = [name for name in parents.get(path[0], ()) if name not in path]
        stack += [[name, *path] for name in above]
        if not above and len(path) > len(longest.get(path[0], ())):
            longest[path[0]] = path
    return list(longest.values())


def _children(model: LiveModel) -> Row:
    """The numbers of derivatives that the Hub counts, by relation; it counts declared ones only."""
    counts = model.values.get("childrenModelCount")
    found = {name: counts.get(name) for name in RELATIONS} if isinstance(counts, dict) else {}
    numbers = {name: number for name, number in found.items() if isinstance(number, int) and number > 0}
    by_relation = [{"relation": name, "models": numbers[name], "guessed": 0} for name in sorted(numbers, key=lambda name: -numbers[name])]
    return {"models": sum(numbers.values()), "by_relation": by_relation, "most_downloaded": []}
