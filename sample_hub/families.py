"""Who derives from whom in a made hub, and how the child tells it: rightly, by an old name, with a slip, or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from hublake.sample_hub.cards import About
from hublake.sample_hub.draft import Draft, Edge, How

MAX_DEPTH = 12
_POOL = 3_000  # possible parents kept in memory; a bound, so that a hub of any size is made in the same memory
_CHAIN_EVERY = 40  # each so-many-th model prolongs one chain, so that the full depth is there already at a thousand models


@dataclass(frozen=True, slots=True)
class Kin:
    """What a child needs to know of its parent."""

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
    about: About
    has_written_card: bool

    @property
    def name(self) -> str:
        """Short enough to begin the name of a child, whose children's names begin with it in turn."""
        name = self.model_id.split("/")[-1]
        return name if len(name) <= 44 else "-".join(name.split("-")[:2])


class Families:
    """The possible parents, the popular ones first, and the one chain that grows to the full depth."""

    def __init__(self) -> None:
        self._pool: list[Kin] = []
        self.chain_tip: Kin | None = None  # None when the next model of the chain begins a new one
        self.gone: Kin | None = None  # a parent that is listed but no longer answers
        self.renamed: Kin | None = None

    def __bool__(self) -> bool:
        return bool(self._pool)

    def pick(self, rng: Random) -> Kin:
        """A parent; the further ahead it stands, the likelier, so that few bases have most of the children."""
        return self._pool[int(len(self._pool) * rng.random() ** 2.5)]

    def is_chain_turn(self, number: int) -> bool:
        return number % _CHAIN_EVERY == _CHAIN_EVERY - 1

    def join(self, kin: Kin, draft: Draft) -> None:
        """Let a new model have children, or not: most never do."""
        if self.is_chain_turn(draft.number):
            self.chain_tip = kin if kin.depth < MAX_DEPTH else None
        self.gone = kin if draft.is_gone and kin.depth < MAX_DEPTH else self.gone
        self.renamed = kin if kin.old_name else self.renamed
        chance = {None: 0.3, "finetune": 0.15, "merge": 0.3, "adapter": 0.03, "quantized": 0.01}[draft.relation]
        if kin.depth < MAX_DEPTH and (draft.rng.random() < chance or len(self._pool) < 5):
            self._enter(kin, draft.rng)

    def _enter(self, kin: Kin, rng: Random) -> None:
        place = int(len(self._pool) * rng.random())
        if len(self._pool) < _POOL:
            self._pool.insert(place, kin)
        else:
            self._pool[max(place, _POOL // 20)] = kin  # the front twentieth stays: bases that everybody uses


def told(relation: str, kin: Kin, rng: Random) -> Edge:
    """An edge to a parent that exists, told as authors tell it: mostly exactly."""
    chance = rng.random()
    if kin.old_name:
        return by_old_name(relation, kin) if chance < 0.5 else untagged(relation, kin) if chance < 0.7 else exactly(relation, kin)
    if chance < 0.02:
        return wrong_case(relation, kin)
    if chance < 0.06:
        return removed(relation, kin)
    return exactly(relation, kin)


def exactly(relation: str, kin: Kin) -> Edge:
    """By the parent's name of today; the Hub makes its pair of tags."""
    return _edge(relation, kin, "exact", kin.model_id, tag=kin.model_id)


def by_old_name(relation: str, kin: Kin) -> Edge:
    """The card keeps the name of its day; the Hub's tag follows the move."""
    return _edge(relation, kin, "renamed", kin.old_name, tag=kin.model_id) if kin.old_name else exactly(relation, kin)


def untagged(relation: str, kin: Kin) -> Edge:
    """Pushed before the move and never since: the card's old name led nowhere when the Hub last made tags."""
    return _edge(relation, kin, "renamed", kin.old_name) if kin.old_name else exactly(relation, kin)


def wrong_case(relation: str, kin: Kin) -> Edge:
    """The Hub resolves bases case by case, so this one gets no tag."""
    slip = kin.model_id.lower() if kin.model_id != kin.model_id.lower() else kin.model_id.upper()
    return _edge(relation, kin, "wrong_case", slip)


def by_url(relation: str, kin: Kin) -> Edge:
    """By the address of its page."""
    return _edge(relation, kin, "url", f"https://huggingface.co/{kin.model_id}")


def removed(relation: str, kin: Kin) -> Edge:
    """A parent that has left the hub: nothing but its name remains."""
    return Edge(relation, "removed", f"{kin.model_id}-preview")


def in_tag_only(relation: str, kin: Kin) -> Edge:
    """Known to the Hub, though the card of today does not say it."""
    return Edge(relation, "exact", None, kin.model_id, kin.hub_id, kin.model_id)


def undeclared(edge: Edge) -> Edge:
    """The same derivation, told nowhere but perhaps in the child's name."""
    return Edge(edge.relation, "undeclared", None, edge.parent_id, edge.parent_hub_id)


def several(relation: str, parents: Sequence[Kin]) -> list[Edge]:
    """A card that lists several bases: only a merge keeps them all, else the Hub keeps the ASCII-smallest."""
    edges = [exactly(relation, kin) for kin in sorted(parents, key=lambda kin: kin.model_id)]
    if relation == "merge":
        return edges
    return [edges[0], *(Edge(relation, "exact", edge.declared, edge.parent_id, edge.parent_hub_id) for edge in edges[1:])]


def placed(draft: Draft, parents: Sequence[Kin]) -> None:
    """Set depth and roots from the parents that the child declares and that are there."""
    declared = {edge.parent_hub_id for edge in draft.edges if edge.how not in ("self", "undeclared")}
    above = [kin for kin in parents if kin.hub_id in declared]
    draft.depth = 1 + max(kin.depth for kin in above) if above else 0
    draft.roots = tuple(sorted({root for kin in above for root in kin.roots})) or (draft.model_id,)


def _edge(relation: str, kin: Kin, how: How, declared: str, tag: str | None = None) -> Edge:
    return Edge(relation, how, declared, kin.model_id, kin.hub_id, tag)


# Values that stand in cards where a parent's name should; none leads to a model.
MISSING_PARENTS: dict[str, Edge] = {
    "base_blank": Edge("finetune", "blank", ""),
    "base_undefined": Edge("finetune", "placeholder", "undefined"),
    "base_todo": Edge("adapter", "placeholder", "TODO-name-the-base"),
    "base_local_path": Edge("adapter", "local_path", "/content/checkpoints/step-4000"),
    "base_relative_path": Edge("finetune", "local_path", "./outputs/run-3"),
    "base_no_slash": Edge("finetune", "no_slash", "Brandokra_Turbo"),
    "base_joined_names": Edge("merge", "joined_names", "VERDIAN, VERDIAN-XL, Brandokra_Turbo"),
    # The Hub makes a typed tag of what adapter_config.json says, whatever it is, without the plain twin.
    "base_cache_path": Edge("adapter", "local_path", "/cache/models/Zovara--Zovara-9B", tag="/cache/models/Zovara--Zovara-9B"),
}

# Parents that are there, told in a way that needs care.
KIN_PARENTS: dict[str, Callable[[str, Kin], Edge]] = {
    "base_wrong_case": wrong_case,
    "base_url": by_url,
    "base_removed": removed,
    "base_in_tag_only": in_tag_only,
    "base_renamed": by_old_name,
    "base_renamed_untagged": untagged,
}
