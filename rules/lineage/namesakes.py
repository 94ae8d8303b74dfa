"""Choose the listed model to which a name refers that a child's name implies.

Many accounts upload copies of famous models under the same name. A copy must not become the parent instead of the original. A model of
another account is therefore accepted only if most downloads of that name are its own, and if its account publishes the family of the name.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hublake.rules.lineage.canonical_names import canonical_home, canonical_name
from hublake.rules.lineage.parent_inference import TUNED, ImpliedName, id_words, name_key, name_words

# A publisher has at least this share of the downloads that the leading account has over models named with the family's word. Read off the
# recorded hub of 2024: copies of famous models are below 4 %, their publishers above 5 %.
MIN_PUBLISHER_SHARE = 0.05
FAMOUS_DOWNLOADS, MIN_FAMOUS_SHARE = 50_000, 0.01  # a model with so many downloads in 30 days needs a smaller share
MIN_ONLY_SHARE = 0.001  # and so does the only used model of a distinctive name
DOMINANT_SHARE, ONLY_SHARE = 0.5, 0.9  # of the downloads of all models with the name
# A word that fewer accounts use (of a thousand) makes a name distinctive: families are used by more.
DISTINCTIVE_SHARE = 0.002
# A model of this many times the downloads of the author's own namesake is the original of which that is a copy.
ORIGINAL_FACTOR = 10
ORIGINAL_DOWNLOADS = 1000
MIN_KNOWN_DOWNLOADS = 100  # in 30 days, of a model whose name others would build into theirs
MAX_AHEAD_MICROSECONDS = 30 * 86_400 * 1_000_000  # publishers release the tuned variant and its base in any order, within days
MIN_LONGER_SHARE = 0.1  # of the downloads of the shorter-named model
_LETTERS = re.compile("[a-z]{2}")


class NamedModel(NamedTuple):
    """A listed model; `created_at` is a number that grows with time."""

    model_id: str
    author: str | None
    created_at: int | None
    downloads: int

    @property
    def words(self) -> list[str]:
        return name_words(self.model_id)


@dataclass(frozen=True)
class WordUsage:
    """How accounts use the words of names, over the models whose names imply no parent.

    `accounts`: accounts that use a word in any name; `downloads`: of an account's models with the word; `leader`: the highest of these.
    """

    account_count: int
    accounts: Mapping[str, int] = field(default_factory=dict)
    downloads: Mapping[tuple[str, str | None], int] = field(default_factory=dict)
    leader: Mapping[str, int] = field(default_factory=dict)

    def family_word(self, words: Sequence[str]) -> str:
        """The word of a name that the fewest accounts use; sizes and other numbers only where there is nothing else."""
        return family_word(words, self.accounts)

    def is_publisher(self, model: NamedModel) -> bool:
        """Whether the model's account is among those whose models of its family people use."""
        share = MIN_FAMOUS_SHARE if model.downloads >= FAMOUS_DOWNLOADS else MIN_PUBLISHER_SHARE
        return self.has_share(model, share)

    def has_share(self, model: NamedModel, share: float) -> bool:
        """Whether the models of the account that are named with the family word have this share of the leading account's downloads."""
        word = self.family_word(model.words)
        return max(self.downloads.get((word, model.author), 0), model.downloads) >= share * self.leader.get(word, 0)

    def is_distinctive(self, words: Sequence[str]) -> bool:
        """Whether few accounts use the rarest word of a name."""
        return self.accounts.get(self.family_word(words), 0) < DISTINCTIVE_SHARE * self.account_count


def family_word(words: Sequence[str], accounts: Mapping[str, int]) -> str:
    """See WordUsage.family_word."""
    lettered = [word for word in words if _LETTERS.search(word)]
    return min(lettered or words, key=lambda word: (accounts.get(word, 0), word))


class NameMatch(NamedTuple):
    """A parent that a name implies. `model_id` is null if the name refers to no listed model."""

    name: ImpliedName
    model_id: str | None
    has_namesake: bool = True


class Namesakes:
    """Listed models by their names. `models` must contain all that `names_to_look_up` names."""

    def __init__(self, models: Iterable[NamedModel], usage: WordUsage) -> None:
        self.usage = usage
        self.by_id: dict[str, NamedModel] = {}
        self.by_key: dict[str, list[NamedModel]] = defaultdict(list)
        self.by_id_key: dict[str, list[NamedModel]] = defaultdict(list)
        for model in models:
            self.by_id[model.model_id] = model
            self.by_key[name_key(model.words)].append(model)
            if model.author is not None:
                self.by_id_key[name_key(id_words(model.model_id))].append(model)

    def match(self, child: NamedModel, names: Sequence[ImpliedName]) -> NameMatch | None:
        """The first reading that refers to a listed model; otherwise the last one that may be the name of an unlisted model.

        Null if neither is certain: a listed model of the name may be the one that is meant.

        >>> flora = NamedModel("acme/flora-7b", "acme", 1, 900)
        >>> copies = [NamedModel(f"{author}/flora-7b", author, 2, 3) for author in ("me", "them")]
        >>> usage = WordUsage(1000, {"flora": 900}, {("flora", "acme"): 900, ("flora", "me"): 3}, {"flora": 900})
        >>> names = [ImpliedName(("flora", "7b"), "quantized", False, 0, 2)]
        >>> child = NamedModel("you/flora-7b-gguf", "you", 3, 0)
        >>> [Namesakes(listed, usage).match(child, names).model_id for listed in ([flora, *copies], copies)]
        ['acme/flora-7b', None]
        """
        for name in names:
            if canonical_name("-".join(name.words)) and not name.same_author_only:
                canonical = self._canonical(name, child)
                return NameMatch(name, canonical and self._longer(child, canonical, name).model_id)
            found = self._variant_base(child, name) if name.same_author_only else self._by_name(child, name)
            if found is not None:
                return NameMatch(name, found.model_id)
        if not names or names[-1].same_author_only or any(self._may_be_listed(child, name) for name in names):
            return None
        rejected = [name for name in names if self._namesakes(child, name)]
        return NameMatch((rejected or names)[-1], None, bool(rejected))

    def _canonical(self, name: ImpliedName, child: NamedModel) -> NamedModel | None:
        """A canonical model under the name that this listing has for it; nobody's copy."""
        joined = "-".join(name.words)
        options = (option for option in (canonical_name(joined), canonical_home(joined)) if option != child.model_id)
        return next((self.by_id[option] for option in options if option in self.by_id), None)

    def _by_name(self, child: NamedModel, name: ImpliedName) -> NamedModel | None:
        """The model whose full id the name spells, the author's own, or the model of another account that the name refers to."""
        spelt = [model for model in self.by_id_key.get(name.key, ()) if model.model_id != child.model_id]
        spelt = [model for model in spelt if id_words(model.model_id) == list(name.words)]
        if len(spelt) == 1:
            return spelt[0]
        namesakes = self._namesakes(child, name)
        own = _most_used(model for model in namesakes if _is_same_author(model, child))
        others = [model for model in namesakes if not _is_same_author(model, child)]
        meant = self._meant(child, name, others)
        if own is None or meant is None:
            return own or (meant and self._longer(child, meant, name))
        is_original = meant.downloads >= max(ORIGINAL_DOWNLOADS, ORIGINAL_FACTOR * own.downloads)
        return meant if is_original or not _is_earlier(own, child) else own

    def _namesakes(self, child: NamedModel, name: ImpliedName) -> list[NamedModel]:
        """Listed models of that name. Quantisers reorder words: for them alone, other orders count if no name has the words in order."""
        found = [model for model in self.by_key.get(name.key, ()) if model.model_id != child.model_id]
        in_order = [model for model in found if model.words == list(name.words)]
        return in_order or (found if name.relation == "quantized" else [])

    def _may_be_listed(self, child: NamedModel, name: ImpliedName) -> bool:
        """Whether an older listed model of that name may be the one that is meant, and not one of the copies that many accounts upload.

        It may if it is used much. Quantisers also convert models that nobody uses, so there the only account of that name suffices.
        """
        older = [model for model in self._namesakes(child, name) if _is_earlier(model, child)]
        if name.relation == "quantized":
            return any(model.downloads >= MIN_KNOWN_DOWNLOADS for model in older) or len({model.author for model in older}) == 1
        return any(model.downloads >= ORIGINAL_DOWNLOADS for model in older)

    def _meant(self, child: NamedModel, name: ImpliedName, others: list[NamedModel]) -> NamedModel | None:
        """The most downloaded of the others, if it is older than the child, dominates its namesakes and its account publishes the family.

        Quantisers also convert models with few downloads, so the only used model of a distinctive name is accepted.
        """
        best = _most_used(model for model in others if _is_earlier(model, child))
        if best is None:
            return None
        total = sum(model.downloads for model in others)
        is_only = best.downloads > ONLY_SHARE * total or all(model.author == best.author for model in others)
        if name.relation == "quantized" and is_only and self.usage.is_distinctive(best.words):
            return best if self.usage.has_share(best, MIN_ONLY_SHARE) else None
        return best if best.downloads >= DOMINANT_SHARE * total and self.usage.is_publisher(best) else None

    def _longer(self, child: NamedModel, base: NamedModel, name: ImpliedName) -> NamedModel:
        """The model of the same account whose longer name the child's begins with: "ft" may belong to the name of the base.

        timm/vit.in21k_ft_in1k is itself a model, so q/vit.in21k_ft_in1k-small derives from it and not from timm/vit.in21k.
        """
        words = child.words
        for end in range(len(words) - 1, len(name.words), -1) if name.relation == "finetune" else ():
            for model in self.by_key.get(name_key(words[:end]), ()):
                is_used = model.downloads >= MIN_LONGER_SHARE * base.downloads
                if model.author == base.author and model.words == words[:end] and model.model_id != child.model_id and is_used:
                    return model
        return base

    def _variant_base(self, child: NamedModel, name: ImpliedName) -> NamedModel | None:
        """The base that the author published with a tuned variant.

        None if "chat" belongs to the name of somebody else's model, of which the child is a copy or a version: then author/x-chat and
        author/x are siblings.
        """
        namesakes = [model for model in self._namesakes(child, name) if _is_same_author(model, child)]
        bases = [model for model in namesakes if _is_earlier(model, child, MAX_AHEAD_MICROSECONDS)]
        if not bases or any(self._is_version_of_other(child, part) for part in parts_around_tuning(child.words)):
            return None
        return _most_used(bases)

    def _is_version_of_other(self, child: NamedModel, part: Sequence[str]) -> bool:
        is_whole = len(part) == len(child.words)
        least = max(ORIGINAL_DOWNLOADS, ORIGINAL_FACTOR * child.downloads) if is_whole else max(MIN_KNOWN_DOWNLOADS, child.downloads + 1)
        models = self.by_key.get(name_key(part), ())
        return any(model.downloads >= least and model.words == list(part) and not _is_same_author(model, child) for model in models)


def names_to_look_up(child_id: str, names: Sequence[ImpliedName]) -> set[tuple[str, ...]]:
    """The words of all names that Namesakes.match may look for, for one child."""
    wanted = {name.words for name in names}
    words = name_words(child_id)
    for name in names:
        if name.same_author_only:
            wanted.update(map(tuple, parts_around_tuning(words)))
        elif name.relation == "finetune":
            wanted.update(tuple(words[:end]) for end in range(len(name.words) + 1, len(words)))
    return wanted


def parts_around_tuning(words: Sequence[str]) -> list[Sequence[str]]:
    """All runs of three words or more that contain the last term of tuning.

    >>> parts_around_tuning(["h2o", "flora", "7b", "chat"])
    [['h2o', 'flora', '7b', 'chat'], ['flora', '7b', 'chat']]
    """
    last = max(index for index, word in enumerate(words) if word in TUNED or index == 0)
    return [words[start:end] for start in range(last + 1) for end in range(last + 1, len(words) + 1) if end - start >= 3]


def _is_same_author(model: NamedModel, child: NamedModel) -> bool:
    return child.author is not None and model.author == child.author


def _is_earlier(model: NamedModel, child: NamedModel, tolerance: int = 0) -> bool:
    """Whether a model may be older than the child; one without a date may be."""
    return model.created_at is None or child.created_at is None or model.created_at <= child.created_at + tolerance


def _most_used(models: Iterable[NamedModel]) -> NamedModel | None:
    """The most downloaded; of equals the first by name."""
    return min(models, key=lambda model: (-model.downloads, model.model_id), default=None)
