"""The seeded, stratified sample of cards that were labelled by hand; `python -m tests.ground_truth.sample CARDS_GZ` prints it.

The strata are defined by patterns on the raw text, not by the rules under test, so that the sample covers what the rules miss.
"""

import gzip
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

SEED = "hublake-cards-1"
MAX_CARDS_OF_OWNER = 2  # copies of one vendor's card would all teach the same
SIZES = {"generated": 32, "headed": 84, "mentioned": 34, "other": 40, "short": 10}

_FRONT_MATTER = re.compile(r"\A\s*---.*?\n---", re.DOTALL)
_HEADED = re.compile(
    r"^\s{0,3}(?:#{1,6}\s|\*\*|<h\d).*\b(?:bias|limitation|risk|ethic|out.of.scope|fairness|caveat|misuse|environment|carbon)", re.I | re.M
)
_MENTIONED = re.compile(
    r"\b(?:bias|biased|biases|limitation|risk|ethic\w*|fairness|caveat|misuse|harmful|offensive|stereotyp\w*|toxic\w*)\b", re.I
)
_GENERATED = re.compile(r"generated automatically|automatically generated|more information needed|trained using auto(?:nlp|train)", re.I)


def stratum(card: str) -> str:
    """Return the first matching stratum: the mark of a generator, a heading on the subject, a mention, few words, the rest."""
    body = _FRONT_MATTER.sub("", card)
    for name, pattern in (("generated", _GENERATED), ("headed", _HEADED), ("mentioned", _MENTIONED)):
        if pattern.search(body):
            return name
    return "short" if len(body.split()) < 15 else "other"


def _order(model_id: str) -> str:
    return hashlib.sha256(f"{SEED}:{model_id}".encode()).hexdigest()


def sampled(cards: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield (half, stratum, model_id) of each sampled card; cards of a stratum alternate between the halves."""
    owners: Counter[str] = Counter()
    strata = {model_id: stratum(card) for model_id, card in cards.items()}
    ordered = sorted(cards, key=lambda model_id: (list(SIZES).index(strata[model_id]), _order(model_id)))
    for name, ids in groupby(ordered, key=strata.__getitem__):
        taken = 0
        for model_id in ids:
            owner = model_id.partition("/")[0]
            if taken == SIZES[name] or owners[owner] == MAX_CARDS_OF_OWNER:
                continue
            owners[owner] += 1
            yield ("tune", "held_out")[taken % 2], name, model_id
            taken += 1


def read_cards(path: Path) -> dict[str, str]:
    """Map model_id to text for the cards that have any."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {answer["id"]: answer["card"] for answer in map(json.loads, lines) if answer.get("card")}


if __name__ == "__main__":
    for row in sampled(read_cards(Path(sys.argv[1]))):
        print(*row, sep=",")
