"""Spaces of a synthetic hub: they are listed and name the models that they run."""

from collections.abc import Iterator, Sequence
from hashlib import sha1
from random import Random

from hublake.sample_hub.store import File, Repo
from hublake.sample_hub.synthetic import words
from hublake.sample_hub.synthetic.attributes import random_author
from hublake.sample_hub.synthetic.draft import FLOOR, stamp

_PER_MODEL = 1 / 40


def synthetic_spaces(model_ids: Sequence[str], models: int, seed: int, end: int) -> Iterator[Repo]:
    """The Spaces of a hub of that many models. Each has a card and runs one of `model_ids`."""
    machine = sha1(f"spaces {seed}".encode(), usedforsecurity=False).hexdigest()[:10]
    for number in range(1 + int(models * _PER_MODEL)):
        rng = Random(f"{seed} space {number}")
        created = rng.randrange(FLOOR + 10, end - 10)
        hub_id = f"{created:08x}{machine}{number:06x}"
        sha = sha1(f"{hub_id} head".encode(), usedforsecurity=False).hexdigest()
        author = random_author(rng, models)
        sdk = rng.choice(("gradio", "static", "docker"))
        item = {
            "_id": hub_id,
            "id": f"{author}/demo-{number}",
            "author": author,
            "sha": sha,
            "lastModified": stamp(min(created + rng.randrange(10**7), end)),
            "createdAt": stamp(created),
            "private": False,
            "disabled": False,
            "likes": int(rng.paretovariate(0.9)) - 1,
            "trendingScore": 0,
            "sdk": sdk,
            "tags": [sdk, "region:us"],
            "models": [rng.choice(model_ids)],
            "datasets": [rng.choice(words.DATASETS)] if rng.random() < 0.2 else [],
            "runtime": {"stage": rng.choice(("RUNNING", "SLEEPING", "RUNTIME_ERROR"))},
            "siblings": [{"rfilename": name} for name in (".gitattributes", "README.md", "app.py")],
        }
        card = f"---\ntitle: Demo {number}\nsdk: {sdk}\napp_file: app.py\n---\n".encode()
        yield Repo(hub_id, str(item["id"]), sha, item, files=[File("README.md", card)], repo_type="space")
