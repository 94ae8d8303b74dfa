"""Choosing the parents of each new model: by chance, by turn of the chain, or as a planted oddity wants it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from hublake.sample_hub.draft import Draft, Edge
from hublake.sample_hub.families import KIN_PARENTS, MISSING_PARENTS, Families, Kin, exactly, placed, several, told, undeclared
from hublake.sample_hub.oddities import PAIRS

_RELATIONS = {None: 50, "finetune": 20, "quantized": 14, "adapter": 14, "merge": 2}
_ADAPTER_PATH = "/cache/models/Zovara--Zovara-9B"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is settled of the next model, because the one before it already points at it."""

    model_id: str
    edges: tuple[Edge, ...]
    is_in_cycle: bool


class Descent:
    """Parents and edges, model by model. `hub_id_of` tells the `_id` that a later model will have."""

    def __init__(self, families: Families, hub_id_of: Callable[[int], str], models: int) -> None:
        self._families, self._hub_id_of, self._models = families, hub_id_of, models
        self.kept: Kept | None = None

    def choose(self, draft: Draft) -> tuple[str | None, list[Kin]]:
        """The relation to the parents, and those of them that are there; None for a model that derives from none."""
        rng, families, oddity = draft.rng, self._families, draft.oddity
        if self.kept:
            return ("finetune" if self.kept.edges else None), []
        if oddity in MISSING_PARENTS:
            return MISSING_PARENTS[oddity].relation, []
        if oddity in ("base_self", *PAIRS):
            return "finetune", []
        if not families:
            return None, []
        if oddity in KIN_PARENTS or oddity == "base_gone":
            return "finetune", [self._wanted(oddity) or families.pick(rng)]
        if oddity == "base_list_on_finetune":
            return "finetune", self._distinct(rng, 3)
        if oddity == "adapter_path_beside_base":
            return "adapter", [families.pick(rng)]
        if families.is_chain_turn(draft.number):
            tip = families.chain_tip
            return ("finetune", [tip]) if tip else (None, [])
        relation = None if oddity else rng.choices(list(_RELATIONS), list(_RELATIONS.values()))[0]
        if relation == "merge":
            return relation, self._distinct(rng, rng.choice((2, 2, 3, 4)))
        return relation, [families.pick(rng)] if relation else []

    def tell(self, draft: Draft, parents: list[Kin]) -> None:
        """Set the edges of a model that has its name by now, and its place below its parents."""
        kept, self.kept = self.kept, None
        if kept:
            draft.edges = list(kept.edges)
            if kept.is_in_cycle:
                draft.depth, draft.roots = None, ()
            else:
                draft.roots = (draft.model_id,)
        elif draft.oddity in PAIRS and draft.number + 1 < self._models:
            self._pair(draft)
        else:
            draft.edges = self._edges(draft, parents)
            placed(draft, parents)

    def _edges(self, draft: Draft, parents: list[Kin]) -> list[Edge]:
        relation, oddity = draft.relation, draft.oddity
        if oddity in MISSING_PARENTS:
            return [MISSING_PARENTS[oddity]]
        if oddity == "base_self":
            return [Edge("finetune", "self", draft.model_id, draft.model_id, draft.hub_id, draft.model_id)]
        if relation is None or not parents:
            return []
        if len(parents) > 1:
            return several(relation, parents)
        parent = parents[0]
        if oddity in KIN_PARENTS:
            return [KIN_PARENTS[oddity](relation, parent)]
        if oddity == "adapter_path_beside_base":
            return [exactly(relation, parent), Edge("adapter", "local_path", None, tag=_ADAPTER_PATH)]
        if oddity or self._families.is_chain_turn(draft.number):
            return [exactly(relation, parent)]
        edge = told(relation, parent, draft.rng)
        return [undeclared(edge) if relation != "adapter" and draft.rng.random() < 0.08 else edge]

    def _pair(self, draft: Draft) -> None:
        """This model names the next one as its parent; in a cycle, the next one names this one in turn."""
        is_in_cycle = draft.oddity == "cycle_of_two"
        later_id, later_hub_id = f"{draft.model_id}-{draft.number + 1}", self._hub_id_of(draft.number + 1)
        draft.edges = [Edge("finetune", "exact", later_id, later_id, later_hub_id, later_id)]
        draft.depth, draft.roots = (None, ()) if is_in_cycle else (1, (later_id,))
        back = (Edge("finetune", "exact", draft.model_id, draft.model_id, draft.hub_id, draft.model_id),) if is_in_cycle else ()
        self.kept = Kept(later_id, back, is_in_cycle)

    def _wanted(self, oddity: str) -> Kin | None:
        if oddity == "base_gone":
            return self._families.gone
        return self._families.renamed if oddity.startswith("base_renamed") else None

    def _distinct(self, rng: Random, count: int) -> list[Kin]:
        """Different parents; fewer than asked for where the hub is still small."""
        found: dict[str, Kin] = {}
        for _ in range(4 * count):
            kin = self._families.pick(rng)
            found.setdefault(kin.hub_id, kin)
            if len(found) == count:
                break
        return list(found.values())
