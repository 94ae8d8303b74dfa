"""Make a hub of any size from a seed, and write beside it what was planted.

Memory is nearly constant in the number of models: each is drawn, written and forgotten, but for a bounded pool of possible parents.
The same seed and number give the same store rows and the same truth, byte for byte.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from random import Random

from hublake.sample_hub import apps, build, cards, corpora, oddities, owners, words
from hublake.sample_hub.descent import Descent
from hublake.sample_hub.draft import FLOOR, Draft, repo_of, texts
from hublake.sample_hub.families import Families, Kin
from hublake.sample_hub.front_matter import ODD_FRONTS, yaml_text
from hublake.sample_hub.sentences import TEMPLATE_ARXIV
from hublake.sample_hub.store import Store
from hublake.sample_hub.truth import Truth

_END = int(datetime(2026, 8, 21, tzinfo=UTC).timestamp())  # when the made hub stands still
_LARGE = 10_000  # models from which bulky oddities take their full size
_BATCH = 2_000
_SHOWN = 200  # models that a Space may run

# relation -> card kind -> weight: what models of that sort usually come with
_CARD_KINDS: dict[str | None, dict[str, int]] = {
    None: {"none": 56, "written": 17, "template": 5, "front_only": 6, "empty": 2, "short": 12, "template_filled": 2},
    "finetune": {"trainer_stub": 49, "template": 9, "template_filled": 3, "written": 20, "copied": 9, "short": 10},
    "adapter": {"none": 27, "template": 25, "template_filled": 3, "trainer_stub": 20, "written": 12, "copied": 5, "front_only": 8},
    "quantized": {"tool_stub": 64, "copied": 18, "front_only": 10, "short": 8},
    "merge": {"tool_stub": 72, "written": 20, "copied": 8},
}


def make_hub(
    store_path: Path, models: int, seed: int, truth_dir: Path | None = None, progress: Callable[[int], None] = lambda done: None
) -> Store:
    """A finished store of that many models, with datasets, Spaces and accounts to go with them.

    `progress` hears every few thousand models how many are done. With `truth_dir` also the files that `truth` describes.
    """
    store = Store.create(store_path)
    maker = _Maker(store, models, seed)
    with ExitStack() as stack:
        truth = Truth(stack, truth_dir) if truth_dir else None
        shown: list[str] = []
        for number in range(models):
            draft = maker.draw(number)
            store.add(repo_of(draft, _END))
            shown += [draft.model_id] if number < _SHOWN else []
            if truth:
                truth.write(draft)
            if number % _BATCH == _BATCH - 1:
                store.commit()
                progress(number + 1)
        for space in apps.apps(shown, models, seed, _END):
            store.add(space)
        _add_datasets(store, models, seed, truth)
        _add_accounts(store, seed, truth)
        if truth:
            truth.summarise(models, seed)
    store.finish()
    progress(models)
    return store


def _add_datasets(store: Store, models: int, seed: int, truth: Truth | None) -> None:
    for corpus in corpora.corpora(models, seed, _END):
        store.add(corpora.repo_of(corpus, _END))
        if truth:
            truth.write_dataset(corpora.truth_of(corpus))


def _add_accounts(store: Store, seed: int, truth: Truth | None) -> None:
    for owner in owners.owners(store, seed):
        if owner.overview is not None:
            store.add_account(owner.name, owner.kind, owner.overview)
        if truth:
            truth.write_account(owners.truth_of(owner))


class _Maker:
    """Draws one model after the other."""

    def __init__(self, store: Store, models: int, seed: int) -> None:
        self._store, self._models, self._seed = store, models, seed
        self._machine = sha1(f"hub {seed}".encode(), usedforsecurity=False).hexdigest()[:10]
        self._families = Families()
        self._descent = Descent(self._families, self._hub_id, models)

    def draw(self, number: int) -> Draft:
        """The number-th model, whole but for what the item derives."""
        draft = Draft(number, self._hub_id(number), "", self._created(number), Random(f"{self._seed} {number}"))
        draft.oddity, draft.is_in_large_hub = oddities.planted_at(number), self._models >= _LARGE
        kept = self._descent.kept
        draft.relation, parents = self._descent.choose(draft)
        build.shape(draft, parents)
        draft.model_id = kept.model_id if kept else self._named(draft, parents)
        self._descent.tell(draft, parents)
        rng = draft.rng_of("card")
        license_id = parents[0].license if parents and rng.random() < 0.7 else build.weighted(rng, words.LICENSES)
        self._let_in(draft, rng)
        self._write_card(draft, parents, license_id, rng)
        if draft.oddity in oddities.ODD_ITEMS:
            oddities.ODD_ITEMS[draft.oddity](draft)
        if draft.depth is not None:
            self._families.join(build.kin_of(draft, self._about(draft), license_id), draft)
        return draft

    def _hub_id(self, number: int) -> str:
        """As an ObjectId: the second of creation, the machine, a counter."""
        return f"{self._created(number):08x}{self._machine}{number:06x}"

    def _created(self, number: int) -> int:
        """Increasing with the number; the hub grows faster and faster, and its oldest repos share one date."""
        old = self._models // 25
        if number < old:
            return FLOOR + (number > old // 2)
        share = (number - old) / max(self._models - old, 1)
        return FLOOR + 2 + int((_END - FLOOR - 10) * share**0.5)

    def _named(self, draft: Draft, parents: Sequence[Kin]) -> str:
        """A name that nobody has or had, and now and then an old one that the model had before."""
        if draft.oddity == "case_twin" and self._families:
            return self._families.pick(draft.rng).model_id.swapcase()
        author, name = build.author_of(draft.rng, self._models), build.name_of(draft, parents)
        shape = oddities.ODD_IDS.get(draft.oddity, oddities.plain_id)
        versions = (name, *(f"{name}-v{version}" for version in range(2, 9)), f"{name}-{draft.number}")
        ids = (shape(author, version, draft.number) for version in versions)
        model_id = next((free for free in ids if not self._store.has_name(free)), f"{author}/{name}-{draft.number}")
        if not draft.relation and not draft.oddity and draft.rng.random() < 0.06:
            old_name = draft.rng.choice((name.lower(), f"{author}-old/{name}"))
            draft.old_names += [] if self._store.has_name(old_name) else [old_name]
        return model_id

    def _let_in(self, draft: Draft, rng: Random) -> None:
        """Who may read it: nearly always everybody."""
        if not draft.oddity:
            draft.gated = rng.choice(("auto", "manual")) if rng.random() < 0.03 else ""
            draft.is_gone = rng.random() < 0.01
            draft.is_disabled = rng.random() < 0.002

    def _write_card(self, draft: Draft, parents: Sequence[Kin], license_id: str, rng: Random) -> None:
        draft.card_kind = _card_kind(draft, parents, rng)
        if draft.card_kind == "none":
            draft.front = None
            return
        build.write_front(draft, license_id, rng)
        if draft.oddity in ODD_FRONTS:
            draft.front_text, draft.front = ODD_FRONTS[draft.oddity]
            draft.languages = [code for code in texts((draft.front or {}).get("language")) if 2 <= len(code) <= 3]
        draft.card = self._text(draft, parents)
        draft.card_bytes = _as_bytes(draft)
        if draft.oddity in oddities.ODD_CARDS:
            oddities.ODD_CARDS[draft.oddity](draft)

    def _text(self, draft: Draft, parents: Sequence[Kin]) -> cards.Card:
        about = self._about(draft)
        parent_id = (draft.edges and (draft.edges[0].declared or draft.edges[0].tag)) or "an earlier model"
        match draft.card_kind:
            case "written":
                return cards.written(about)
            case "copied":
                return cards.copied(about, parents[0].about)
            case "template" | "template_filled":
                draft.arxiv = TEMPLATE_ARXIV
                return cards.template(about, fills=draft.card_kind == "template_filled")
            case "trainer_stub":
                return cards.trainer_stub(about, parent_id)
            case "tool_stub":
                return cards.tool_stub(about, parent_id, "mergekit" if draft.relation == "merge" else "llama.cpp")
            case "short":
                return cards.short(about)
            case _:
                return cards.Card("")

    def _about(self, draft: Draft) -> cards.About:
        return cards.About(self._seed * 1_000_003 + draft.number, draft.model_id, draft.languages[0] if draft.languages else "en")


def _card_kind(draft: Draft, parents: Sequence[Kin], rng: Random) -> str:
    if oddities.needs_card(draft.oddity):
        return "written"
    if any(edge.how == "undeclared" for edge in draft.edges):
        return "none"  # a card would name the base
    weights = _CARD_KINDS[draft.relation]
    kind = rng.choices(list(weights), list(weights.values()))[0]
    if kind == "none" and any(edge.tag is None for edge in draft.edges):
        return "short"  # the base is told in the card alone
    return "short" if kind == "copied" and not (parents and parents[0].has_written_card) else kind


def _as_bytes(draft: Draft) -> bytes:
    assert draft.card is not None
    if draft.card_kind == "empty":
        draft.front = None
        return b""
    front = draft.front_text if draft.front_text is not None else yaml_text(draft.front or {})
    block = f"---\n{front}\n---\n" if front else ""
    return (block + ("\n" + draft.card.text if draft.card.text else "")).encode()
