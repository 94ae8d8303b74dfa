"""Datasets of a synthetic hub: most of those that its models name, others that no model names, and the irregularities of real ones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha1
from random import Random
from typing import Any

from hublake.sample_hub.store import File, Repo
from hublake.sample_hub.synthetic import words
from hublake.sample_hub.synthetic.attributes import random_author, weighted_choice
from hublake.sample_hub.synthetic.draft import FLOOR, stamp
from hublake.sample_hub.synthetic.front_matter import to_yaml

# Canonical names that moved to an owner; the old name redirects.
MOVED = {"squad": "rajpurkar/squad", "glue": "nyu-mll/glue", "wikitext": "Salesforce/wikitext"}
# Named by models but not on the hub: two loaders of local files, and a dataset that its author deleted.
MISSING = ("imagefolder", "generator", "zoshu/forum-answers-2m")
_PER_MODEL = 1 / 20  # datasets that no model names. The real Hub has one dataset for every three models, and models name few of them
_SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M")
_FORMATS = (("parquet", "text"), ("json", "text"), ("csv", "tabular"), ("imagefolder", "image"), ("audiofolder", "audio"))


@dataclass(slots=True)
class DatasetDraft:
    """One dataset while it is generated: the parts of its store entry, and its kind of oddity."""

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
    changes: dict[str, Any] = field(default_factory=dict)  # to the item; None removes a field

    @property
    def card_status(self) -> int:
        """The final status of an anonymous GET of its card."""
        if self.is_gone:
            return 401
        if self.is_disabled:
            return 403
        return 200 if self.card is not None and self.card_path == "README.md" else 404


def _with(**fields: Any) -> Callable[[DatasetDraft], None]:
    def change(draft: DatasetDraft) -> None:
        for name, value in fields.items():
            setattr(draft, name, value)

    return change


def _named(pattern: str) -> Callable[[DatasetDraft], None]:
    def rename(draft: DatasetDraft) -> None:
        owner, name = draft.dataset_id.split("/")
        draft.dataset_id = pattern.format(owner=owner, name=name)

    return rename


ODD_DATASETS: dict[str, Callable[[DatasetDraft], None]] = {
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


def dataset_drafts(models: int, seed: int, end: int, per_model: float = _PER_MODEL) -> Iterator[DatasetDraft]:
    """The datasets of a hub of that many models, by `_id`. From 300 models on each kind of oddity appears once."""
    machine = sha1(f"datasets {seed}".encode(), usedforsecurity=False).hexdigest()[:10]
    named = [name for name in words.DATASETS if name not in MISSING]
    odd = list(ODD_DATASETS)
    taken: set[str] = set()
    total = len(named) + int(models * per_model)
    for number in range(total):
        rng = Random(f"{seed} dataset {number}")
        created = FLOOR + 10 + int((end - FLOOR - 20) * (number + rng.random()) / total)
        name = named[number] if number < len(named) else f"{random_author(rng, models)}/{words.dataset_name(rng)}"
        current = MOVED.get(name, name)
        draft = DatasetDraft(f"{created:08x}{machine}{number:06x}", current, created, rng, old_names=(name,) if name in MOVED else ())
        _write_card(draft)
        if 0 <= number - len(named) < len(odd):
            draft.oddity = odd[number - len(named)]
            ODD_DATASETS[draft.oddity](draft)
        if draft.dataset_id.lower() not in taken:
            taken.add(draft.dataset_id.lower())
            yield draft


def repo_of(draft: DatasetDraft, end: int) -> Repo:
    """The dataset as stored. `end` is the latest timestamp (Unix seconds) of any change."""
    files = [] if draft.card is None else [File(draft.card_path, draft.card, draft.is_card_lfs)]
    item = _item(draft, end)
    sha = item.get("sha") or _sha(draft)
    return Repo(
        *(draft.hub_id, draft.dataset_id, sha, item, draft.gated, draft.is_disabled, draft.is_gone, files, draft.old_names),
        repo_type="dataset",
    )


def truth_of(draft: DatasetDraft) -> dict[str, Any]:
    """The row of the dataset in the ground truth."""
    return {
        "dataset_id": draft.dataset_id,
        "hub_id": draft.hub_id,
        "old_names": list(draft.old_names),
        "oddity": draft.oddity or None,
        "card_status": draft.card_status,
        "license": draft.front.get("license"),
        "languages": draft.front.get("language", []),
    }


def _write_card(draft: DatasetDraft) -> None:
    rng = draft.rng
    if rng.random() < 0.3:
        return
    draft.front = {
        "pretty_name": draft.dataset_id.split("/")[-1].replace("-", " ").title(),
        "license": weighted_choice(rng, words.LICENSES),
        "language": list(dict.fromkeys(weighted_choice(rng, words.LANGUAGES[:-1]) for _ in range(rng.choice((1, 1, 3))))),
        "task_categories": [rng.choice(words.TASKS)[0]],
        "size_categories": [rng.choice(_SIZES)],
    }
    title = f"# {draft.front['pretty_name']}\n\nGathered by volunteers and cleaned by hand.\n"
    draft.card = f"---\n{to_yaml(draft.front)}\n---\n\n{title}".encode()


def _sha(draft: DatasetDraft) -> str:
    return sha1(f"{draft.hub_id} head".encode(), usedforsecurity=False).hexdigest()


def _item(draft: DatasetDraft, end: int) -> dict[str, Any]:
    rng, front = draft.rng, draft.front
    file_format, modality = rng.choice(_FORMATS)
    downloads = 0 if rng.random() < 0.3 else int(rng.paretovariate(0.6))
    names = [".gitattributes", f"data/train.{file_format}", *([] if draft.card is None else [draft.card_path])]
    item: dict[str, Any] = {
        "_id": draft.hub_id,
        "id": draft.dataset_id,
        "author": draft.dataset_id.split("/")[0],
        "sha": _sha(draft),
        "lastModified": stamp(min(draft.created + int(rng.expovariate(1 / 2_000_000)), end)),
        "createdAt": stamp(draft.created),
        "private": False,
        "gated": draft.gated or False,
        "disabled": draft.is_disabled,
        "likes": 0 if rng.random() < 0.7 else min(int(rng.paretovariate(0.8)), 1 + downloads // 40),
        "trendingScore": 1 if downloads > 200 else 0,
        "downloads": downloads,
        "downloadsAllTime": downloads * rng.randint(1, 20),
        "tags": [
            *(f"{prefix}:{value}" for prefix in ("task_categories", "language") for value in front.get(prefix, ())),
            *([f"license:{front['license']}"] if front else []),
            *(f"size_categories:{size}" for size in front.get("size_categories", ())),
            *(f"format:{file_format}", f"modality:{modality}", "library:datasets", "region:us"),
        ],
        "description": "\n\t\n\t\tGathered by volunteers.\n" if front else None,
        "cardData": front or None,
        "siblings": [{"rfilename": name} for name in sorted(names)],
        "usedStorage": rng.randrange(10**9),
        "key": "",
    }
    return {key: value for key, value in {**item, **draft.changes}.items() if value is not None}
