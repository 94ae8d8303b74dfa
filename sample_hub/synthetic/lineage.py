"""Chooses the parents of each new model: at random, as the next link of the chain, or as required by an oddity."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from hublake.sample_hub.synthetic.draft import Edge, ModelDraft
from hublake.sample_hub.synthetic.oddities import MODEL_PAIRS
from hublake.sample_hub.synthetic.parents import (
    INEXACT_PARENTS,
    MISSING_PARENTS,
    Parent,
    ParentPool,
    declared_edge,
    declared_list,
    exact,
    set_depth_and_roots,
    undeclared,
)

_RELATIONS_OF_FIRST = {"finetune": 20, "quantized": 14, "adapter": 14}  # of the first derivative of a base
# Of the others; half of all models have no parent.
_RELATIONS: dict[str | None, int] = {None: 54, "finetune": 18, "quantized": 13, "adapter": 13, "merge": 2}
_ATTEMPTS = 6  # to find a parent with relatives: most merges on the Hub combine derivatives of one model
_ADAPTER_PATH = "/cache/models/Zovara--Zovara-9B"


@dataclass(frozen=True, slots=True)
class Reserved:
    """Properties of the next model that are fixed because the current model already points at it."""

    model_id: str
    edges: tuple[Edge, ...]
    is_in_cycle: bool


class LineagePlanner:
    """Parents and edges, model by model. `hub_id_of` returns the `_id` of a model that is not generated yet."""

    def __init__(self, pool: ParentPool, hub_id_of: Callable[[int], str], models: int) -> None:
        self._pool, self._hub_id_of, self._models = pool, hub_id_of, models
        self.reserved: Reserved | None = None
        self._first_derived: Parent | None = None  # the base whose first derivative the current model is; declared exactly

    def choose(self, draft: ModelDraft) -> tuple[str | None, list[Parent]]:
        """The relation to the parents (None for a model without parents), and those parents that exist."""
        rng, pool, oddity = draft.rng, self._pool, draft.oddity
        pool.end_waits(draft)
        if self.reserved:
            return ("finetune" if self.reserved.edges else None), []
        if oddity in MISSING_PARENTS:
            return MISSING_PARENTS[oddity].relation, []
        if oddity in ("base_self", *MODEL_PAIRS):
            return "finetune", []
        if not pool:
            return None, []
        if oddity in INEXACT_PARENTS or oddity == "base_gone":
            return "finetune", [self._required_parent(oddity) or pool.pick(rng)]
        if oddity == "base_list_on_finetune":
            return "finetune", self._distinct(rng, 3)
        if oddity == "adapter_path_beside_base":
            return "adapter", [pool.pick(rng)]
        if pool.is_chain_turn(draft.number):
            tip = pool.chain_tip
            return ("finetune", [tip]) if tip else (None, [])
        self._first_derived = None if oddity else pool.first_derivative()
        weights = _RELATIONS_OF_FIRST if self._first_derived else _RELATIONS
        relation = None if oddity else rng.choices(list(weights), list(weights.values()))[0]
        if relation == "merge":
            return relation, self._distinct(rng, rng.choice((2, 2, 3, 4)))
        return relation, [self._first_derived or pool.pick(rng)] if relation else []

    def set_edges(self, draft: ModelDraft, parents: list[Parent]) -> None:
        """Set edges, depth and roots of a model whose name is known."""
        reserved, self.reserved = self.reserved, None
        if reserved:
            draft.edges = list(reserved.edges)
            if reserved.is_in_cycle:
                draft.depth, draft.roots = None, ()
            else:
                draft.roots = (draft.model_id,)
        elif draft.oddity in MODEL_PAIRS and draft.number + 1 < self._models:
            self._reserve_next(draft)
        else:
            draft.edges = self._edges(draft, parents)
            set_depth_and_roots(draft, parents)

    def _edges(self, draft: ModelDraft, parents: list[Parent]) -> list[Edge]:
        relation, oddity = draft.relation, draft.oddity
        if oddity in MISSING_PARENTS:
            return [MISSING_PARENTS[oddity]]
        if oddity == "base_self":
            return [Edge("finetune", "self", draft.model_id, draft.model_id, draft.hub_id, draft.model_id)]
        if relation is None or not parents:
            return []
        if len(parents) > 1:
            return declared_list(relation, parents)
        parent = parents[0]
        if oddity in INEXACT_PARENTS:
            return [INEXACT_PARENTS[oddity](relation, parent)]
        if oddity == "adapter_path_beside_base":
            return [exact(relation, parent), Edge("adapter", "local_path", None, tag=_ADAPTER_PATH)]
        if oddity or parent is self._first_derived or self._pool.is_chain_turn(draft.number):
            return [exact(relation, parent)]
        edge = declared_edge(relation, parent, draft.rng)
        return [undeclared(edge) if relation != "adapter" and draft.rng.random() < 0.08 else edge]

    def _reserve_next(self, draft: ModelDraft) -> None:
        """Make the next model the parent of this one; in a cycle also this model the parent of the next one."""
        is_in_cycle = draft.oddity == "cycle_of_two"
        later_id, later_hub_id = f"{draft.model_id}-{draft.number + 1}", self._hub_id_of(draft.number + 1)
        draft.edges = [Edge("finetune", "exact", later_id, later_id, later_hub_id, later_id)]
        draft.depth, draft.roots = (None, ()) if is_in_cycle else (1, (later_id,))
        back = (Edge("finetune", "exact", draft.model_id, draft.model_id, draft.hub_id, draft.model_id),) if is_in_cycle else ()
        self.reserved = Reserved(later_id, back, is_in_cycle)

    def _required_parent(self, oddity: str) -> Parent | None:
        if oddity == "base_gone":
            return self._pool.gone
        return self._pool.renamed if oddity.startswith("base_renamed") else None

    def _distinct(self, rng: Random, count: int) -> list[Parent]:
        """Distinct parents, of one family where a few attempts find one; fewer than `count` where the pool is small."""
        for _ in range(_ATTEMPTS):
            first = self._pool.pick(rng)
            family = self._pool.relatives_of(first)
            if family:
                return [first, *rng.sample(family, min(count - 1, len(family)))]
        found = {parent.hub_id: parent for parent in (first, *(self._pool.pick(rng) for _ in range(4 * count)))}
        return list(found.values())[:count]
