"""The possible parents of a synthetic hub, and how a child declares its parent: correctly, by an old name, with a typo, or not at all."""

from bisect import insort
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random

from hublake.sample_hub.synthetic.cards import CardContext
from hublake.sample_hub.synthetic.draft import FLOOR, Edge, How, ModelDraft

MAX_DEPTH = 12
# The days from a base to its first derivative are exponential with this mean: a known hazard, which survival curves must estimate.
MEAN_DAYS_TO_DERIVATIVE = 150
_POOL_SIZE = 3_000  # possible parents in memory; bounded, so that memory does not grow with the hub
# Chance that a model becomes a base, by its relation to a base of its own: most models never have children, and of quantised models
# 99.4 % have none (Model Atlas, 2503.10633).
_BASE_CHANCES = {None: 0.15, "finetune": 0.06, "merge": 0.1, "adapter": 0.01, "quantized": 0.003}
_FEWEST = 5
# The base at rank i, from 0, is chosen with a weight of 1 / (i + 3), so that of 3,000 bases ten get 21 % of the children and 1 % get 35 %.
# Recorded in July 2024 for 8,255 bases: 22 % and 50 %.
_RANK_OFFSET = 3
_CHAIN_EVERY = 40  # every 40th model extends one chain, so that a thousand models reach the full depth


@dataclass(frozen=True, slots=True)
class Parent:
    """What a child needs of its parent."""

    hub_id: str
    model_id: str
    old_name: str | None
    depth: int
    roots: tuple[str, ...]
    task: str
    model_type: str
    architecture: str
    parameters: int | None
    license: str
    downloads: int
    context: CardContext
    has_written_card: bool
    is_gone: bool

    @property
    def name(self) -> str:
        """The name without the author, shortened: the names of children begin with it, and those of their children in turn."""
        name = self.model_id.split("/")[-1]
        return name if len(name) <= 44 else "-".join(name.split("-")[:2])


class ParentPool:
    """The possible parents, the most downloaded first, and the chain that grows to MAX_DEPTH.

    A base is a possible parent only after its planted wait; the next model with one parent is then its first derivative.
    """

    def __init__(self) -> None:
        self._pool: list[Parent] = []
        self._waiting: list[tuple[float, int, Parent]] = []  # a heap: Unix second of the end of the wait, number, base
        self._without_child: deque[Parent] = deque()  # bases whose wait has ended and that no model derives from
        self.chain_tip: Parent | None = None  # None if the next model of the chain begins a new chain
        self.gone: Parent | None = None  # a parent that is listed but deleted
        self.renamed: Parent | None = None

    def __bool__(self) -> bool:
        return bool(self._pool)

    def end_waits(self, draft: ModelDraft) -> None:
        """Make those bases possible parents whose wait has ended when this model was created."""
        while self._waiting and self._waiting[0][0] <= draft.created:
            _, _, base = heappop(self._waiting)
            self._without_child.append(base)
            self._add(base, draft.rng_of("pool"))

    def first_derivative(self) -> Parent | None:
        """The base that has waited longest for a first derivative, which the caller creates; None if there is none."""
        return self._without_child.popleft() if self._without_child else None

    def pick(self, rng: Random) -> Parent:
        """A random parent. Popular ones are more likely, so that few bases have most of the children."""
        position = _RANK_OFFSET * (1 + len(self._pool) / _RANK_OFFSET) ** rng.random() - _RANK_OFFSET
        return self._pool[min(int(position), len(self._pool) - 1)]

    def relatives_of(self, parent: Parent) -> list[Parent]:
        """The other possible parents that share a root with this one."""
        roots = set(parent.roots)
        return [other for other in self._pool if other is not parent and not roots.isdisjoint(other.roots)]

    def becomes_base(self, draft: ModelDraft) -> bool:
        """Whether other models may derive from a new model: decided by its relation before anything else depends on it."""
        if self.is_chain_turn(draft.number):
            return False  # the chain decides when it gets a derivative
        return draft.number < _FEWEST or draft.rng_of("base").random() < _BASE_CHANCES[draft.relation]

    def is_chain_turn(self, number: int) -> bool:
        return number % _CHAIN_EVERY == _CHAIN_EVERY - 1

    def offer(self, parent: Parent, draft: ModelDraft) -> None:
        """Make a base wait for its first derivative, and a model of the chain its tip."""
        if self.is_chain_turn(draft.number):
            self.chain_tip = parent if parent.depth < MAX_DEPTH else None
        if draft.is_base and parent.depth < MAX_DEPTH:
            draft.days_to_derivative = _random_wait(draft)
            heappush(self._waiting, (draft.created + draft.days_to_derivative * 86_400, draft.number, parent))
            self.end_waits(draft)
        else:
            self._note(parent)

    def _add(self, base: Parent, rng: Random) -> None:
        if len(self._pool) >= _POOL_SIZE:  # an unpopular one makes room: the first twentieth, the widely used bases, always stays
            del self._pool[rng.randrange(_POOL_SIZE // 20, _POOL_SIZE)]
        insort(self._pool, base, key=lambda known: -known.downloads)
        self._note(base)

    def _note(self, parent: Parent) -> None:
        self.gone = parent if parent.is_gone and parent.depth < MAX_DEPTH else self.gone
        self.renamed = parent if parent.old_name else self.renamed


def _random_wait(draft: ModelDraft) -> float:
    """In days. Repositories at the floor of dates have derivatives from the start: when they were really created is unknown."""
    return draft.rng_of("wait").expovariate(1 / MEAN_DAYS_TO_DERIVATIVE) if draft.created > FLOOR + 1 else 0.0


def declared_edge(relation: str, parent: Parent, rng: Random) -> Edge:
    """An edge to an existing parent, declared as authors do: mostly exactly."""
    chance = rng.random()
    if parent.old_name and chance < 0.5:
        return by_old_name(relation, parent)
    if parent.old_name:
        return by_old_name_untagged(relation, parent) if chance < 0.7 else exact(relation, parent)
    if chance < 0.02:
        return wrong_case(relation, parent)
    if chance < 0.06:
        return deleted_parent(relation, parent)
    return exact(relation, parent)


def exact(relation: str, parent: Parent) -> Edge:
    """By the parent's current name; the Hub adds its pair of tags."""
    return _edge(relation, parent, "exact", parent.model_id, tag=parent.model_id)


def by_old_name(relation: str, parent: Parent) -> Edge:
    """The card keeps the parent's old name; the Hub's tag follows the rename."""
    return _edge(relation, parent, "renamed", parent.old_name, tag=parent.model_id) if parent.old_name else exact(relation, parent)


def by_old_name_untagged(relation: str, parent: Parent) -> Edge:
    """By the old name and without a tag: the old name in the card did not resolve when the Hub last computed tags."""
    return _edge(relation, parent, "renamed", parent.old_name) if parent.old_name else exact(relation, parent)


def wrong_case(relation: str, parent: Parent) -> Edge:
    """In the wrong letter case. The Hub resolves bases case-sensitively, so there is no tag."""
    misspelt = parent.model_id.lower() if parent.model_id != parent.model_id.lower() else parent.model_id.upper()
    return _edge(relation, parent, "wrong_case", misspelt)


def by_url(relation: str, parent: Parent) -> Edge:
    """By the address of the parent's page."""
    return _edge(relation, parent, "url", f"https://huggingface.co/{parent.model_id}")


def deleted_parent(relation: str, parent: Parent) -> Edge:
    """A parent that was deleted from the hub: only its name remains."""
    return Edge(relation, "removed", f"{parent.model_id}-preview")


def in_tag_only(relation: str, parent: Parent) -> Edge:
    """In the Hub's tag only: the current card does not name the parent."""
    return Edge(relation, "exact", None, parent.model_id, parent.hub_id, parent.model_id)


def undeclared(edge: Edge) -> Edge:
    """The same derivation without any declaration; only the child's name may hint at it."""
    return Edge(edge.relation, "undeclared", None, edge.parent_id, edge.parent_hub_id)


def declared_list(relation: str, parents: Sequence[Parent]) -> list[Edge]:
    """A card that lists several bases. For a merge the Hub keeps them all, otherwise the smallest in ASCII order."""
    edges = [exact(relation, parent) for parent in sorted(parents, key=lambda parent: parent.model_id)]
    if relation == "merge":
        return edges
    return [edges[0], *(Edge(relation, "exact", edge.declared, edge.parent_id, edge.parent_hub_id) for edge in edges[1:])]


def set_depth_and_roots(draft: ModelDraft, parents: Sequence[Parent]) -> None:
    """Set depth and roots from the parents that exist and that the child declares."""
    declared = {edge.parent_hub_id for edge in draft.edges if edge.how not in ("self", "undeclared")}
    found = [parent for parent in parents if parent.hub_id in declared]
    draft.depth = 1 + max(parent.depth for parent in found) if found else 0
    draft.roots = tuple(sorted({root for parent in found for root in parent.roots})) or (draft.model_id,)


def _edge(relation: str, parent: Parent, how: How, declared: str, tag: str | None = None) -> Edge:
    return Edge(relation, how, declared, parent.model_id, parent.hub_id, tag)


# Values in cards that should be the name of a parent and do not lead to a model.
MISSING_PARENTS: dict[str, Edge] = {
    "base_blank": Edge("finetune", "blank", ""),
    "base_undefined": Edge("finetune", "placeholder", "undefined"),
    "base_todo": Edge("adapter", "placeholder", "TODO-name-the-base"),
    "base_local_path": Edge("adapter", "local_path", "/content/checkpoints/step-4000"),
    "base_relative_path": Edge("finetune", "local_path", "./outputs/run-3"),
    "base_no_slash": Edge("finetune", "no_slash", "Brandokra_Turbo"),
    "base_joined_names": Edge("merge", "joined_names", "VERDIAN, VERDIAN-XL, Brandokra_Turbo"),
    # The Hub turns any value in adapter_config.json into a typed tag, without the plain tag.
    "base_cache_path": Edge("adapter", "local_path", "/cache/models/Zovara--Zovara-9B", tag="/cache/models/Zovara--Zovara-9B"),
}

# Existing parents whose declaration needs resolution.
INEXACT_PARENTS: dict[str, Callable[[str, Parent], Edge]] = {
    "base_wrong_case": wrong_case,
    "base_url": by_url,
    "base_removed": deleted_parent,
    "base_in_tag_only": in_tag_only,
    "base_renamed": by_old_name,
    "base_renamed_untagged": by_old_name_untagged,
}
