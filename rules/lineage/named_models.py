"""Listed models that share a name, and which of them is used most."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from hublake.lake.repo_ids import CREATED_AT_FLOOR
from hublake.rules.lineage.parent_inference import name_words

ORIGINAL_DOWNLOADS = 1000  # in 30 days, of a model that others know
MIN_KNOWN_DOWNLOADS = 100  # in 30 days, of a model whose name others would build into theirs
FLOOR_MICROSECONDS = int(CREATED_AT_FLOOR.timestamp()) * 1_000_000


@dataclass(eq=False, slots=True)
class NamedModel:
    """A listed model; `created_at` in microseconds, FLOOR_MICROSECONDS for models older than the Hub's creation times.

    `is_whole`: the Hub found a task or an architecture in its files. `is_adapter`: by its library or tags; `architecture`: a class or a
    model type. `is_converted`: its weights are in the files of other runtimes only (GGUF, ONNX), which nobody trains.
    """

    model_id: str
    author: str | None
    created_at: int | None
    downloads: int
    is_whole: bool = True
    is_adapter: bool = False
    architecture: str | None = None
    is_converted: bool = False
    words: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.words = tuple(name_words(self.model_id))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of what is in the repository, and hardly anybody downloads it."""
        return not (self.is_whole or self.is_adapter or self.architecture) and self.downloads < MIN_KNOWN_DOWNLOADS

    @property
    def is_private_conversion(self) -> bool:
        """Whether it is a converted copy that few people use: nothing for other authors to derive from."""
        return self.is_converted and self.downloads < ORIGINAL_DOWNLOADS


class ModelsOfName:
    """Models that share a name, in the order of their creation; undated ones first, since they may be older than any other.

    `conversions`: the private ones among them, which count as downloads of the name but are no candidates.
    """

    def __init__(self) -> None:
        self.models: list[NamedModel] = []
        self.conversions: list[NamedModel] = []

    def add(self, model: NamedModel) -> None:
        (self.conversions if model.is_private_conversion else self.models).append(model)

    @cached_property
    def downloads(self) -> int:
        return sum(self.downloads_by_author.values())

    @cached_property
    def downloads_by_author(self) -> dict[str | None, int]:
        found: dict[str | None, int] = defaultdict(int)
        for model in (*self.models, *self.conversions):
            found[model.author] += model.downloads
        return found

    @cached_property
    def conversions_by_author(self) -> dict[str | None, NamedModel]:
        """The first by name of each author."""
        return {model.author: model for model in sorted(self.conversions, key=lambda model: model.model_id, reverse=True)}

    @cached_property
    def _by_author(self) -> dict[str | None, "ModelsOfName"]:
        found: dict[str | None, ModelsOfName] = defaultdict(ModelsOfName)
        for model in self.models:
            found[model.author].models.append(model)
        return found

    @cached_property
    def _leaders(self) -> tuple[list[float], list["Leaders"]]:
        """The times of creation, and the leaders among the models up to each of them."""
        models = sorted(((time_of(model), model) for model in self.models), key=lambda dated: dated[0])
        leaders, found = _NOBODY, []
        for _, model in models:
            leaders = leaders.with_model(model)
            found.append(leaders)
        return [time for time, _ in models], found

    def leaders(self, until: float = float("inf")) -> "Leaders":
        """Among the models that may have been created by then."""
        if len(self.models) < 2:  # most names: cheaper than an index
            return Leaders(self.models[0], None) if self.models and time_of(self.models[0]) <= until else _NOBODY
        times, leaders = self._leaders
        count = bisect_right(times, until)
        return leaders[count - 1] if count else _NOBODY

    def of(self, author: str | None) -> "ModelsOfName":
        if len(self.models) < 2:
            return self if self.models and self.models[0].author == author else _NO_MODELS
        return self._by_author.get(author, _NO_MODELS)

    def most_used(self, until: float = float("inf"), *, not_of: str | None = None) -> NamedModel | None:
        """The most downloaded model, of equals the first by name; not one of this author."""
        first, second = self.leaders(until)
        return second if first is not None and not_of is not None and first.author == not_of else first


class Leaders(NamedTuple):
    """The most used model, and the most used of another author than that one."""

    first: NamedModel | None
    second: NamedModel | None

    def with_model(self, model: NamedModel) -> "Leaders":
        first, second = self
        if first is None or first.author == model.author:
            return Leaders(_more_used(first, model), second)
        if _more_used(first, model) is model:
            return Leaders(model, first)
        return Leaders(first, _more_used(second, model))


_NOBODY = Leaders(None, None)
_NO_MODELS = ModelsOfName()


def time_of(model: NamedModel) -> float:
    """When a model was created; an undated one may be older than any other."""
    return float("-inf") if model.created_at is None else model.created_at


def _more_used(known: NamedModel | None, model: NamedModel) -> NamedModel:
    """The more downloaded of two models; of equals the first by name."""
    if known is None:
        return model
    return min(known, model, key=lambda one: (-one.downloads, one.model_id))
