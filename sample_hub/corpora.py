"""Datasets of a made hub: most of those that its models name, and more that none does, with what is odd about real ones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha1
from random import Random
from typing import Any

from hublake.sample_hub import words
from hublake.sample_hub.build import author_of, weighted
from hublake.sample_hub.draft import FLOOR, stamp
from hublake.sample_hub.front_matter import yaml_text
from hublake.sample_hub.store import File, Repo

# Canonical names have moved to an owner's; the old one answers with a redirect.
MOVED = {"squad": "rajpurkar/squad", "glue": "nyu-mll/glue", "wikitext": "Salesforce/wikitext"}
# Named by models, but not there: two loaders of local files, and one that its author has taken away.
MISSING = ("imagefolder", "generator", "zoshu/forum-answers-2m")
_PER_MODEL = 1 / 20  # datasets that no model names; the real Hub has one for three models, of which few are named
_SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M")
_FORMATS = (("parquet", "text"), ("json", "text"), ("csv", "tabular"), ("imagefolder", "image"), ("audiofolder", "audio"))


@dataclass(slots=True)
class Corpus:
    """One dataset: what the store keeps of it, piece by piece, and the kind of oddity that it is."""

    hub_id: str
    dataset_id: str
    created: int
    rng: Random
    oddity: str = ""
    front: dict[str, Any] = field(default_factory=dict)
    card: bytes | None = None
    card_path: str = "README.md"
    is_card_lfs: bool = False
    gated: str = ""
    is_gone: bool = False
    is_disabled: bool = False
    old_names: tuple[str, ...] = ()
    changes: dict[str, Any] = field(default_factory=dict)  # of the item; None takes a key away

    @property
    def card_status(self) -> int:
        """What an anonymous GET of its card answers in the end."""
        if self.is_gone:
            return 401
        if self.is_disabled:
            return 403
        return 200 if self.card is not None and self.card_path == "README.md" else 404


def _with(**fields: Any) -> Callable[[Corpus], None]:
    def changed(corpus: Corpus) -> None:
        for name, value in fields.items():
            setattr(corpus, name, value)

    return changed


def _named(shape: str) -> Callable[[Corpus], None]:
    def renamed(corpus: Corpus) -> None:
        owner, name = corpus.dataset_id.split("/")
        corpus.dataset_id = shape.format(owner=owner, name=name)

    return renamed


ODD: dict[str, Callable[[Corpus], None]] = {
    "no_card": _with(card=None),
    "card_empty": _with(card=b"", front={}),
    "card_lfs": _with(is_card_lfs=True),
    "card_lower_case": _with(card_path="readme.md"),
    "card_utf16": _with(card=b"\xff\xfe" + "# data\n".encode("utf-16-le"), front={}),
    "gated": _with(gated="auto"),
    "gone": _with(is_gone=True),
    "disabled": _with(is_disabled=True),
    "id_with_dots": _named("{owner}/{name}-v1.0.2"),
    "id_of_digits": _named("4711/{name}"),
    "id_underscore": _named("_{owner}/{name}_"),
    "downloads_absent": _with(changes={"downloads": None}),
    "edited_before_creation": _with(changes={"lastModified": "2022-03-02T23:00:00.000Z"}),
    "description_not_ascii": _with(changes={"description": "Gespräche über Wetter 🌦 und 天气"}),
    "sha_absent": _with(changes={"sha": None}),
}


def corpora(models: int, seed: int, end: int) -> Iterator[Corpus]:
    """The datasets of a hub of that many models, by `_id`; each kind of oddity comes once, from 300 models on."""
    machine = sha1(f"datasets {seed}".encode(), usedforsecurity=False).hexdigest()[:10]
    named = [name for name in words.DATASETS if name not in MISSING]
    odd = list(ODD)
    taken: set[str] = set()
    total = len(named) + int(models * _PER_MODEL)
    for number in range(total):
        rng = Random(f"{seed} dataset {number}")
        created = FLOOR + 10 + int((end - FLOOR - 20) * (number + rng.random()) / total)
        name = named[number] if number < len(named) else f"{author_of(rng, models)}/{words.dataset_name(rng)}"
        current = MOVED.get(name, name)
        corpus = Corpus(f"{created:08x}{machine}{number:06x}", current, created, rng, old_names=(name,) if name in MOVED else ())
        _write_card(corpus)
        if 0 <= number - len(named) < len(odd):
            corpus.oddity = odd[number - len(named)]
            ODD[corpus.oddity](corpus)
        if corpus.dataset_id.lower() not in taken:
            taken.add(corpus.dataset_id.lower())
            yield corpus


def repo_of(corpus: Corpus, end: int) -> Repo:
    """The dataset as the store keeps it; nothing in it changed after the second `end`."""
    files = [] if corpus.card is None else [File(corpus.card_path, corpus.card, corpus.is_card_lfs)]
    item = _item(corpus, end)
    sha = item.get("sha") or _sha(corpus)
    return Repo(
        *(corpus.hub_id, corpus.dataset_id, sha, item, corpus.gated, corpus.is_disabled, corpus.is_gone, files, corpus.old_names),
        repo_type="dataset",
    )


def truth_of(corpus: Corpus) -> dict[str, Any]:
    """What was planted."""
    return {
        "dataset_id": corpus.dataset_id,
        "hub_id": corpus.hub_id,
        "old_names": list(corpus.old_names),
        "oddity": corpus.oddity or None,
        "card_status": corpus.card_status,
        "license": corpus.front.get("license"),
        "languages": corpus.front.get("language", []),
    }


def _write_card(corpus: Corpus) -> None:
    rng = corpus.rng
    if rng.random() < 0.3:
        return
    corpus.front = {
        "pretty_name": corpus.dataset_id.split("/")[-1].replace("-", " ").title(),
        "license": weighted(rng, words.LICENSES),
        "language": list(dict.fromkeys(weighted(rng, words.LANGUAGES[:-1]) for _ in range(rng.choice((1, 1, 3))))),
        "task_categories": [rng.choice(words.TASKS)[0]],
        "size_categories": [rng.choice(_SIZES)],
    }
    title = f"# {corpus.front['pretty_name']}\n\nGathered by volunteers and cleaned by hand.\n"
    corpus.card = f"---\n{yaml_text(corpus.front)}\n---\n\n{title}".encode()


def _sha(corpus: Corpus) -> str:
    return sha1(f"{corpus.hub_id} head".encode(), usedforsecurity=False).hexdigest()


def _item(corpus: Corpus, end: int) -> dict[str, Any]:
    rng, front = corpus.rng, corpus.front
    form, modality = rng.choice(_FORMATS)
    downloads = 0 if rng.random() < 0.3 else int(rng.paretovariate(0.6))
    names = [".gitattributes", f"data/train.{form}", *([] if corpus.card is None else [corpus.card_path])]
    item: dict[str, Any] = {
        "_id": corpus.hub_id,
        "id": corpus.dataset_id,
        "author": corpus.dataset_id.split("/")[0],
        "sha": _sha(corpus),
        "lastModified": stamp(min(corpus.created + int(rng.expovariate(1 / 2_000_000)), end)),
        "createdAt": stamp(corpus.created),
        "private": False,
        "gated": corpus.gated or False,
        "disabled": corpus.is_disabled,
        "likes": 0 if rng.random() < 0.7 else min(int(rng.paretovariate(0.8)), 1 + downloads // 40),
        "trendingScore": 1 if downloads > 200 else 0,
        "downloads": downloads,
        "downloadsAllTime": downloads * rng.randint(1, 20),
        "tags": [
            *(f"{prefix}:{value}" for prefix in ("task_categories", "language") for value in front.get(prefix, ())),
            *([f"license:{front['license']}"] if front else []),
            *(f"size_categories:{size}" for size in front.get("size_categories", ())),
            *(f"format:{form}", f"modality:{modality}", "library:datasets", "region:us"),
        ],
        "description": "\n\t\n\t\tGathered by volunteers.\n" if front else None,
        "cardData": front or None,
        "siblings": [{"rfilename": name} for name in sorted(names)],
        "usedStorage": rng.randrange(10**9),
    }
    return {key: value for key, value in {**item, **corpus.changes}.items() if value is not None}
