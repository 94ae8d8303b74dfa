"""Choose the listed model to which a name refers that a child's name implies.

Many accounts upload copies of famous models under the same name. A copy must not become the parent instead of the original. A model of
another account is therefore accepted only if most downloads of that name are its own, and if its account publishes the family of the name.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from hublake.rules.architectures.architecture_families import OTHER, family_of
from hublake.rules.lineage.canonical_names import canonical_home, canonical_name
from hublake.rules.lineage.named_models import (
    FLOOR_MICROSECONDS,
    MIN_KNOWN_DOWNLOADS,
    ORIGINAL_DOWNLOADS,
    ModelsOfName,
    NamedModel,
    time_of,
)
from hublake.rules.lineage.parent_inference import (
    METHODS,
    TUNED,
    ImpliedName,
    is_derivation_term,
    is_part_of_format,
    is_plain_fine_tune,
    is_trainable,
    name_key,
    name_words,
    names_adapter,
)

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
# An older model of the name with this share of the downloads may be the original of which the most used one is a copy.
MIN_OLDER_SHARE = 0.1
DAY_MICROSECONDS = 86_400 * 1_000_000
MAX_AHEAD_MICROSECONDS = 30 * DAY_MICROSECONDS  # publishers release the tuned variant and its base in any order, within days
MIN_LONGER_SHARE = 0.1  # of the downloads of the shorter-named model
# Words for the precision of a model's weights, or for an adapter that was merged: an author's flora-16bit is what flora-GGUF was made from.
MERGED = ("merged", "merge")
PRECISIONS = ("16bit", "bf16", "fp16", "f16", "float16", "fp32", "f32", "32bit", "hf", *MERGED)
# Behind a name, these and methods of training are the author's own line: flora-7b-sft was quantised to flora-7b-gptq. Not so "chat" and the
# like, which name another model: flora-7b-chat is quantised to flora-7b-chat-gptq.
FORMS = (*PRECISIONS, *sorted(METHODS))
# An account copies names if so many different names of its quantised models are those of listed models, and so large a share is. Of the
# parents that cards declare, 17 % are not listed in a complete listing, and a recorded one may lack a quarter of the models: 0.83 * 0.75.
MIN_COPIED_NAMES, MIN_COPIED_SHARE = 5, 0.6
_LETTERS = re.compile("[a-z]{2}")


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
    lettered = [word for word in words if _has_letters(word)]
    return min(lettered or words, key=lambda word: (accounts.get(word, 0), word))


@lru_cache(1 << 15)
def _author_words(author: str) -> tuple[str, ...]:
    return tuple(name_words(author))


@lru_cache(1 << 15)
def _has_letters(word: str) -> bool:
    return _LETTERS.search(word) is not None


class NameMatch(NamedTuple):
    """A parent that a name implies. `model_id` is null if the name refers to no listed model."""

    name: ImpliedName
    model_id: str | None


class Namesakes:
    """Listed models by their names. `models` must contain all that `names_to_look_up` names.

    The cost of a match does not depend on how many models share a name.
    """

    def __init__(self, models: Iterable[NamedModel], usage: WordUsage) -> None:
        self.usage = usage
        self.by_id: dict[str, NamedModel] = {}
        self.by_words: dict[tuple[str, ...], ModelsOfName] = defaultdict(ModelsOfName)
        self.by_key: dict[str, ModelsOfName] = defaultdict(ModelsOfName)
        self.by_id_words: dict[tuple[str, ...], list[NamedModel]] = defaultdict(list)
        for model in models:
            words = model.words
            self.by_id[model.model_id] = model
            self.by_words[words].add(model)
            self.by_key[name_key(words)].add(model)
            if model.author is not None:
                self.by_id_words[(*_author_words(model.author), *words)].append(model)

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
            is_canonical = canonical_name("-".join(name.words)) is not None and not name.same_author_only
            found = self._listed(child, name, is_canonical)
            if found is not None and (self._is_copy(child, name, found) or _is_ruled_out(child, name, found)):
                return None
            if found is not None or is_canonical:
                return NameMatch(name, found.model_id if found else None)
        if not names or names[-1].same_author_only or is_part_of_format(names[-1].words[-1]):
            return None
        forms = [form for name in names for form in self._own_forms(child, name)]
        if forms:
            return NameMatch(names[-1], forms[0].model_id) if len(forms) == 1 and not _is_ruled_out(child, names[-1], forms[0]) else None
        if any(self._may_be_listed(child, name) for name in names) or self._is_copy(child, names[-1], None):
            return None
        rejected = [name for name in names if self._namesakes(name).models]
        return NameMatch((rejected or names)[-1], None)

    def _listed(self, child: NamedModel, name: ImpliedName, is_canonical: bool) -> NamedModel | None:
        if is_canonical:
            canonical = self._canonical(name, child)
            return canonical and self._longer(child, canonical, name)
        return self._variant_base(child, name) if name.same_author_only else self._by_name(child, name)

    def _canonical(self, name: ImpliedName, child: NamedModel) -> NamedModel | None:
        """A canonical model under the name that this listing has for it; nobody's copy."""
        joined = "-".join(name.words)
        options = (option for option in (canonical_name(joined), canonical_home(joined)) if option != child.model_id)
        return next((self.by_id[option] for option in options if option in self.by_id), None)

    def _by_name(self, child: NamedModel, name: ImpliedName) -> NamedModel | None:
        """The model whose full id the name spells, the author's own, or the model of another account that the name refers to."""
        spelt = self.by_id_words.get(name.words, ())
        if len(spelt) == 1 and spelt[0].model_id != child.model_id:
            return spelt[0]
        namesakes = self._namesakes(name)
        own = None if child.author is None else self._own(child.author, name, namesakes)
        if own is not None and _is_counterpart(child, own):
            return None
        meant = self._meant(child, name, namesakes)
        if own is not None and own.is_empty:
            known = meant or namesakes.most_used(_latest(child), not_of=child.author)
            if known is not None and known.is_whole and _is_original(known, own):
                return known if known.downloads >= DOMINANT_SHARE * namesakes.downloads else None
        if own is None and meant is not None and any(not _is_original(meant, form) for form in self._own_forms(child, name)):
            return None
        if own is None or meant is None:
            return self._merged(own, child, name) if own else meant and self._longer(child, self._merged(meant, child, name), name)
        best = meant if _is_original(meant, own) or not _is_earlier(own, child) else own
        return self._merged(best, child, name)

    def _own(self, author: str, name: ImpliedName, namesakes: ModelsOfName) -> NamedModel | None:
        """The author's own model of that name; for quantised models also one in the files of another runtime."""
        own = namesakes.of(author).most_used()
        return namesakes.conversions_by_author.get(author) if own is None and name.relation == "quantized" else own

    def _merged(self, base: NamedModel, child: NamedModel, name: ImpliedName) -> NamedModel:
        """The model into which its author merged the base, if that is an adapter: whole models are quantised."""
        if name.relation != "quantized" or (base.is_whole and not base.is_adapter):
            return base
        groups = (self.by_words.get((*base.words, form)) for form in MERGED)
        found = [model for group in groups if group for model in group.of(base.author).models if _is_earlier(model, child)]
        return found[0] if len(found) == 1 else base

    def _namesakes(self, name: ImpliedName) -> ModelsOfName:
        """Listed models of that name. Quantisers reorder words: for them alone, other orders count if no name has the words in order.

        The child is never among them: its name is longer.
        """
        in_order = self.by_words.get(name.words)
        if in_order is not None or name.relation != "quantized":
            return in_order or ModelsOfName()
        return self.by_key.get(name.key) or ModelsOfName()

    def _may_be_listed(self, child: NamedModel, name: ImpliedName) -> bool:
        """Whether an older listed model of that name may be the one that is meant, and not one of the copies that many accounts upload.

        It may if it is used much. Quantisers also convert models that nobody uses, so there the only account of that name suffices.
        """
        older = self._namesakes(name).leaders(_latest(child))
        if older.first is None:
            return False
        if name.relation == "quantized":
            return older.first.downloads >= MIN_KNOWN_DOWNLOADS or older.second is None
        return older.first.downloads >= ORIGINAL_DOWNLOADS

    def _own_forms(self, child: NamedModel, name: ImpliedName) -> list[NamedModel]:
        """The author's own models of that name and a precision or term of tuning, from which the child was quantised."""
        if name.relation != "quantized" or child.author is None:
            return []
        groups = [group for form in FORMS if (group := self.by_words.get((*name.words, form)))]
        listed = [model for group in groups for model in group.of(child.author).models]
        return listed or [group.conversions_by_author[child.author] for group in groups if child.author in group.conversions_by_author]

    def _meant(self, child: NamedModel, name: ImpliedName, namesakes: ModelsOfName) -> NamedModel | None:
        """The most used model of another author that is older than the child, if it dominates its namesakes and its account publishes them.

        Quantisers also convert models with few downloads, so the only used model of a distinctive name is accepted.
        """
        best = namesakes.most_used(_latest(child), not_of=child.author)
        if best is None:
            return None
        by_author = namesakes.downloads_by_author
        is_own_listed = child.author is not None and child.author in by_author
        total = namesakes.downloads - (by_author[child.author] if is_own_listed else 0)
        if self._has_older_original(best, namesakes, child):
            return None
        is_only = best.downloads > ONLY_SHARE * total or len(by_author) - is_own_listed == 1
        if name.relation == "quantized" and is_only and self.usage.is_distinctive(best.words):
            return best if self.usage.has_share(best, MIN_ONLY_SHARE) else None
        return best if best.downloads >= DOMINANT_SHARE * total and self.usage.is_publisher(best) else None

    def _has_older_original(self, best: NamedModel, namesakes: ModelsOfName, child: NamedModel) -> bool:
        """Whether another account lists an older model of the name that is used too much for a namesake: then the best may be its copy."""
        older = None if best.created_at is None else namesakes.most_used(best.created_at - 1, not_of=child.author)
        return older is not None and older.author != best.author and older.downloads >= MIN_OLDER_SHARE * best.downloads

    def _longer(self, child: NamedModel, base: NamedModel, name: ImpliedName) -> NamedModel:
        """The model of the same account whose longer name the child's begins with: "ft" may belong to the name of the base.

        timm/vit.in21k_ft_in1k is itself a model, so q/vit.in21k_ft_in1k-small derives from it and not from timm/vit.in21k.
        """
        words = child.words
        for end in range(len(words) - 1, len(name.words), -1) if name.relation != "quantized" else ():
            group = self.by_words.get(tuple(words[:end]))
            longer = group and group.of(base.author).most_used()
            if longer and longer.downloads >= MIN_LONGER_SHARE * base.downloads:
                return longer
        return base

    def _is_copy(self, child: NamedModel, name: ImpliedName, base: NamedModel | None) -> bool:
        """Whether the publisher of the base lists a much more used fine-tune of the child's name: the child may be a copy or an export."""
        group = None if name.relation == "quantized" or name.same_author_only else self.by_words.get(child.words)
        other = group and group.most_used(_latest(child), not_of=child.author)
        if other and child.is_converted:
            return True
        if not other or not _is_original(other, child):
            return False
        return self.usage.is_publisher(other) if base is None else other.author == base.author

    def _variant_base(self, child: NamedModel, name: ImpliedName) -> NamedModel | None:
        """The base that the author published with a tuned variant.

        None if "chat" belongs to the name of somebody else's model, of which the child is a copy or a version: then author/x-chat and
        author/x are siblings. None as well if author/x is a copy: author/x-chat may be one too.
        """
        namesakes = self._namesakes(name)
        base = None if child.author is None else namesakes.of(child.author).most_used(_latest(child, MAX_AHEAD_MICROSECONDS))
        if base is None or any(self._is_version_of_other(child, part) for part in parts_around_tuning(child.words)):
            return None
        other = namesakes.most_used(not_of=child.author)
        if base.is_empty and child.is_empty and (other or self._is_listed_elsewhere(child)):
            return None
        return None if other is not None and _is_original(other, base) else base

    def _is_listed_elsewhere(self, child: NamedModel) -> bool:
        """Whether another account lists a model of the child's name."""
        group = self.by_words.get(child.words)
        return group is not None and group.most_used(not_of=child.author) is not None

    def _is_version_of_other(self, child: NamedModel, part: Sequence[str]) -> bool:
        is_whole = len(part) == len(child.words)
        least = max(ORIGINAL_DOWNLOADS, ORIGINAL_FACTOR * child.downloads) if is_whole else max(MIN_KNOWN_DOWNLOADS, child.downloads + 1)
        group = self.by_words.get(tuple(part))
        other = group and group.most_used(not_of=child.author)
        return bool(other and other.downloads >= least)


def copies_names(listed: int, unlisted: int) -> bool:
    """Whether an account names quantised models after their originals: how many different names are those of listed models, and are not.

    >>> [copies_names(*counts) for counts in ((5, 0), (4, 0), (6, 4), (6, 5))]
    [True, False, True, False]
    """
    return listed >= MIN_COPIED_NAMES and listed >= MIN_COPIED_SHARE * (listed + unlisted)


def names_to_look_up(words: Sequence[str], names: Sequence[ImpliedName]) -> set[tuple[str, ...]]:
    """The words of all names that Namesakes.match may look for, for a child with these words.

    It also looks for quantised names with each of FORMS behind them.
    """
    wanted = {name.words for name in names}
    for name in names:
        if name.same_author_only:
            wanted.update(map(tuple, parts_around_tuning(words)))
        elif name.relation != "quantized":
            wanted.update(tuple(words[:end]) for end in range(len(name.words) + 1, len(words) + 1))
    return wanted


def is_extended_by(words: Sequence[str], longer: Sequence[str]) -> bool:
    """Whether a longer name begins with a name, and what follows is neither a format nor a term of tuning: it names a kind of the model.

    >>> [is_extended_by(["flora", "7b"], name_words(name)) for name in ("flora-7b-v2", "flora-7b-gguf", "flora-13b")]
    [True, False, False]
    """
    rest = longer[len(words) :]
    return list(longer[: len(words)]) == list(words) and bool(rest) and not any(map(is_derivation_term, rest))


def parts_around_tuning(words: Sequence[str]) -> list[Sequence[str]]:
    """All runs of three words or more that contain the last term of tuning.

    >>> parts_around_tuning(["h2o", "flora", "7b", "chat"])
    [['h2o', 'flora', '7b', 'chat'], ['flora', '7b', 'chat']]
    """
    last = max(index for index, word in enumerate(words) if word in TUNED or index == 0)
    return [words[start:end] for start in range(last + 1) for end in range(last + 1, len(words) + 1) if end - start >= 3]


def _is_ruled_out(child: NamedModel, name: ImpliedName, base: NamedModel | None) -> bool:
    """Whether what is known of a child contradicts the relation.

    Tuning keeps the architecture, and needs weights in a form that can be trained. An adapter in a format of models on which adapters are
    trained is no quantised copy. Nor is a model that its author published on an earlier day than one whose name also says how it was made
    (flora-16bit): then both were made from something else. A base of just that name may be published after its quantised copies.
    """
    if name.relation == "quantized":
        if base is not None and len(base.words) > len(name.words) and _is_own_of_earlier_day(child, base):
            return True
        return child.is_adapter and is_trainable(child.words)
    if base is not None and base.is_converted:
        return True
    families = {family_of(model.architecture).family for model in (child, base) if model is not None and model.architecture} - {OTHER}
    return len(families) > 1


def _is_own_of_earlier_day(child: NamedModel, base: NamedModel) -> bool:
    """Whether an author published a model on an earlier day than another one. The floor of the Hub's creation times is no date."""
    if child.author != base.author or child.created_at is None or base.created_at is None:
        return False
    return child.created_at != FLOOR_MICROSECONDS and child.created_at // DAY_MICROSECONDS < base.created_at // DAY_MICROSECONDS


def _is_counterpart(child: NamedModel, own: NamedModel) -> bool:
    """Whether author/x-ft and author/x may be two ways to train one base: x is an adapter by its name, or no whole model by its files."""
    return is_plain_fine_tune(child.words) and (names_adapter(own.words) or (child.is_whole and not own.is_whole))


def _latest(child: NamedModel, tolerance: int = 0) -> float:
    """The time by which a parent of the child was created; any time if the child has no date."""
    return float("inf") if child.created_at is None else child.created_at + tolerance


def _is_earlier(model: NamedModel, child: NamedModel) -> bool:
    """Whether a model may be older than the child; one without a date may be."""
    return time_of(model) <= _latest(child)


def _is_original(model: NamedModel, copy: NamedModel) -> bool:
    """Whether one of two models of a name is used so much more that the other is a copy of it."""
    return model.downloads >= max(ORIGINAL_DOWNLOADS, ORIGINAL_FACTOR * copy.downloads)
