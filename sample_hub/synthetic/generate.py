"""Generates a hub of any size from a seed, and its ground truth.

Each model is generated and written before the next; only the hashes of names and a bounded pool of possible parents are kept. The
same seed and number of models give the same store rows and the same ground truth, byte for byte.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import blake2b, sha1
from pathlib import Path
from random import Random

from hublake.sample_hub.store import Store
from hublake.sample_hub.synthetic import accounts, attributes, cards, datasets, oddities, words
from hublake.sample_hub.synthetic.draft import FLOOR, ModelDraft, repo_of, texts
from hublake.sample_hub.synthetic.front_matter import ODD_FRONTS, to_yaml
from hublake.sample_hub.synthetic.ground_truth import GroundTruthWriter
from hublake.sample_hub.synthetic.lineage import LineagePlanner
from hublake.sample_hub.synthetic.parents import Parent, ParentPool
from hublake.sample_hub.synthetic.popularity import Role, random_popularity
from hublake.sample_hub.synthetic.sentences import TEMPLATE_ARXIV
from hublake.sample_hub.synthetic.spaces import synthetic_spaces

END = int(datetime(2026, 8, 21, tzinfo=UTC).timestamp())  # the time of the newest change in a synthetic hub
_LARGE = 10_000  # models from which bulky oddities have their full size
_BATCH = 2_000
_RUN_BY_SPACES = 200  # models that a Space may run

# relation -> card kind -> weight
_CARD_KINDS: dict[str | None, dict[str, int]] = {
    None: {"none": 56, "written": 17, "template": 5, "front_only": 6, "empty": 2, "short": 12, "template_filled": 2},
    "finetune": {"trainer_stub": 49, "template": 9, "template_filled": 3, "written": 20, "copied": 9, "short": 10},
    "adapter": {"none": 27, "template": 25, "template_filled": 3, "trainer_stub": 20, "written": 12, "copied": 5, "front_only": 8},
    "quantized": {"tool_stub": 64, "copied": 18, "front_only": 10, "short": 8},
    "merge": {"tool_stub": 72, "written": 20, "copied": 8},
}
# Models with many downloads nearly all have a card: 43 % of the models of 2022 and 90 % of their downloads (Liang et al., 2402.05160).
_CARD_KINDS_OF_BASES = {"none": 10, "written": 60, "template_filled": 8, "short": 12, "front_only": 6, "template": 4}


def generate_hub(
    store_path: Path, models: int, seed: int, truth_dir: Path | None = None, progress: Callable[[int], None] = lambda done: None
) -> Store:
    """A finished store of that many models, with matching datasets, Spaces and accounts.

    `progress` is called every few thousand models with the number of generated models. With `truth_dir` the files of
    ground_truth.py are written there.
    """
    store = Store.create(store_path)
    with ExitStack() as stack:
        truth = GroundTruthWriter(stack, truth_dir) if truth_dir else None
        run_by_spaces: list[str] = []
        for draft in stream_models(models, seed):
            store.add(repo_of(draft, END))
            run_by_spaces += [draft.model_id] if draft.number < _RUN_BY_SPACES else []
            if truth:
                truth.write_model(draft)
            if draft.number % _BATCH == _BATCH - 1:
                store.commit()
                progress(draft.number + 1)
        for space in synthetic_spaces(run_by_spaces, models, seed, END):
            store.add(space)
        _add_datasets(store, models, seed, truth)
        _add_accounts(store, seed, truth)
        if truth:
            truth.write_summary(models, seed)
    store.finish()
    progress(models)
    return store


def stream_models(models: int, seed: int) -> Iterator[ModelDraft]:
    """The models one after the other, by `_id`. Memory: 70 bytes per model, for the names that are taken, and the possible parents."""
    generator = _ModelGenerator(models, seed)
    for number in range(models):
        yield generator.generate(number)


def _add_datasets(store: Store, models: int, seed: int, truth: GroundTruthWriter | None) -> None:
    for draft in datasets.dataset_drafts(models, seed, END):
        store.add(datasets.repo_of(draft, END))
        if truth:
            truth.write_dataset(datasets.truth_of(draft))


def _add_accounts(store: Store, seed: int, truth: GroundTruthWriter | None) -> None:
    for account in accounts.synthetic_accounts(store.authors(), seed):
        if account.overview is not None:
            store.add_account(account.name, account.kind, account.overview)
        if truth:
            truth.write_account(accounts.truth_of(account))


class _TakenNames:
    """Names of repositories, in any letter case, as hashes of 64 bits. Two names with one hash would only get different versions."""

    def __init__(self) -> None:
        self._hashes: set[int] = set()

    def __contains__(self, name: str) -> bool:
        return self._hash(name) in self._hashes

    def add(self, name: str) -> None:
        self._hashes.add(self._hash(name))

    @staticmethod
    def _hash(name: str) -> int:
        return int.from_bytes(blake2b(name.lower().encode(), digest_size=8).digest(), "big")


class _ModelGenerator:
    """Generates one model after another."""

    def __init__(self, models: int, seed: int) -> None:
        self._models, self._seed = models, seed
        self._taken = _TakenNames()
        self._machine = sha1(f"hub {seed}".encode(), usedforsecurity=False).hexdigest()[:10]
        self._pool = ParentPool()
        self._lineage = LineagePlanner(self._pool, self._hub_id, models)

    def generate(self, number: int) -> ModelDraft:
        """The number-th model, complete except for the fields that `repo_of` derives."""
        draft = ModelDraft(number, self._hub_id(number), "", self._created(number), Random(f"{self._seed} {number}"))
        draft.oddity, draft.is_in_large_hub = oddities.oddity_of(number), self._models >= _LARGE
        reserved = self._lineage.reserved
        draft.relation, parents = self._lineage.choose(draft)
        is_pair = reserved or draft.oddity in oddities.MODEL_PAIRS  # their parents do not depend on their dates
        draft.is_base = not is_pair and self._pool.becomes_base(draft)
        role: Role = "base" if draft.is_base else "derived" if draft.relation else "other"
        draft.downloads, draft.likes = random_popularity(role, draft.rng_of("popularity"))
        attributes.set_attributes(draft, parents)
        draft.model_id = reserved.model_id if reserved else self._choose_id(draft, parents)
        self._lineage.set_edges(draft, parents)
        rng = draft.rng_of("card")
        license_id = parents[0].license if parents and rng.random() < 0.7 else attributes.weighted_choice(rng, words.LICENSES)
        self._set_access(draft, rng)
        self._write_card(draft, parents, license_id, rng)
        if draft.oddity in oddities.ODD_ITEMS:
            oddities.ODD_ITEMS[draft.oddity](draft)
        if draft.depth is not None:
            self._pool.offer(attributes.as_parent(draft, self._context(draft), license_id), draft)
        for name in (draft.model_id, *draft.old_names):
            self._taken.add(name)
        return draft

    def _hub_id(self, number: int) -> str:
        """Like a Mongo ObjectId: the second of creation, the machine, a counter."""
        return f"{self._created(number):08x}{self._machine}{number:06x}"

    def _created(self, number: int) -> int:
        """Creation time, increasing with the number. Growth accelerates, and the oldest repositories share one date."""
        old = self._models // 25
        if number < old:
            return FLOOR + (number > old // 2)
        share = (number - old) / max(self._models - old, 1)
        return FLOOR + 2 + int((END - FLOOR - 10) * share**0.5)

    def _choose_id(self, draft: ModelDraft, parents: Sequence[Parent]) -> str:
        """An id that no repository has or had. Sometimes also sets an old name of the model."""
        if draft.oddity == "case_twin" and self._pool:
            owner, slash, name = self._pool.pick(draft.rng).model_id.rpartition("/")
            return f"{owner}{slash}{name.swapcase()}"
        author, name = attributes.random_author(draft.rng, self._models), attributes.model_name(draft, parents)
        make_id = oddities.ODD_IDS.get(draft.oddity, oddities.plain_id)
        versions = (name, *(f"{name}-v{version}" for version in range(2, 9)), f"{name}-{draft.number}")
        ids = (make_id(author, version, draft.number) for version in versions)
        model_id = next((free for free in ids if free not in self._taken), f"{author}/{name}-{draft.number}")
        if not draft.relation and not draft.oddity and draft.rng.random() < 0.06:
            old_name = draft.rng.choice((name.lower(), f"{author}-old/{name}"))
            draft.old_names += [] if old_name in self._taken else [old_name]
        return model_id

    def _set_access(self, draft: ModelDraft, rng: Random) -> None:
        """Nearly all models are public and available."""
        if not draft.oddity:
            draft.gated = rng.choice(("auto", "manual")) if rng.random() < 0.03 else ""
            draft.is_gone = rng.random() < 0.01
            draft.is_disabled = rng.random() < 0.002

    def _write_card(self, draft: ModelDraft, parents: Sequence[Parent], license_id: str, rng: Random) -> None:
        draft.card_kind = _card_kind(draft, parents, rng)
        if draft.card_kind == "none":
            draft.front = None
            return
        attributes.set_front_matter(draft, license_id, rng)
        if draft.oddity in ODD_FRONTS:
            draft.front_text, draft.front = ODD_FRONTS[draft.oddity]
            draft.languages = [code for code in texts((draft.front or {}).get("language")) if 2 <= len(code) <= 3]
        draft.card = self._text(draft, parents)
        draft.card_bytes = _as_bytes(draft)
        if draft.oddity in oddities.ODD_CARDS:
            oddities.ODD_CARDS[draft.oddity](draft)

    def _text(self, draft: ModelDraft, parents: Sequence[Parent]) -> cards.Card:
        context = self._context(draft)
        parent_id = (draft.edges and (draft.edges[0].declared or draft.edges[0].tag)) or "an earlier model"
        match draft.card_kind:
            case "written":
                return cards.written(context)
            case "copied":
                return cards.copied(context, parents[0].context)
            case "template" | "template_filled":
                draft.arxiv = TEMPLATE_ARXIV
                return cards.template(context, fills=draft.card_kind == "template_filled")
            case "trainer_stub":
                return cards.trainer_stub(context, parent_id)
            case "tool_stub":
                return cards.tool_stub(context, parent_id, "mergekit" if draft.relation == "merge" else "llama.cpp")
            case "short":
                return cards.short(context)
            case _:
                return cards.Card("")

    def _context(self, draft: ModelDraft) -> cards.CardContext:
        return cards.CardContext(self._seed * 1_000_003 + draft.number, draft.model_id, draft.languages[0] if draft.languages else "en")


def _card_kind(draft: ModelDraft, parents: Sequence[Parent], rng: Random) -> str:
    if oddities.needs_card(draft.oddity):
        return "written"
    if any(edge.how == "undeclared" for edge in draft.edges):
        return "none"  # a card would name the base
    weights = _CARD_KINDS_OF_BASES if draft.is_base else _CARD_KINDS[draft.relation]
    kind = rng.choices(list(weights), list(weights.values()))[0]
    if kind == "none" and any(edge.tag is None for edge in draft.edges):
        return "short"  # only a card can declare the base
    return "short" if kind == "copied" and not (parents and parents[0].has_written_card) else kind


def _as_bytes(draft: ModelDraft) -> bytes:
    assert draft.card is not None
    if draft.card_kind == "empty":
        draft.front = None
        return b""
    front = draft.front_text if draft.front_text is not None else to_yaml(draft.front or {})
    block = f"---\n{front}\n---\n" if front else ""
    return (block + ("\n" + draft.card.text if draft.card.text else "")).encode()
