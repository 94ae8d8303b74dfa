"""Find the parents of models that declare none, by their names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hublake.rules.lineage.declared_siblings import DeclaredSiblings
from hublake.rules.lineage.named_models import FLOOR_MICROSECONDS, NamedModel
from hublake.rules.lineage.namesakes import FORMS, NameMatch, Namesakes, WordUsage, family_word, names_to_look_up
from hublake.rules.lineage.parent_inference import ImpliedName, implied_names, is_derivation_term, name_words
from hublake.spark_jobs.steps.listed_names import ListedNames
from hublake.spark_jobs.steps.unlisted_parents import UnlistedParents

# (relation, whether the parent is listed) -> the share of right ones among readers' verdicts on edges of four draws from the recorded hub
# of 2024, by the rule of succession: 483 of 496 on fine-tunes and adapters and 296 of 302 on quantised models of a listed parent, 32 of 36
# on quantised models of a missing one, and all 20 fine-tunes of missing canonical models (docs/method/lineage.md).
INFERENCE_CONFIDENCE = {
    ("finetune", True): 0.97,
    ("quantized", True): 0.98,
    ("adapter", True): 0.97,
    ("finetune", False): 0.95,
    ("quantized", False): 0.87,
    ("adapter", False): 0.95,
}
# The Hub gave models that are older than its creation times these seconds: they are older than all others, in no order of their own.
_FLOOR_END = FLOOR_MICROSECONDS + 2_000_000


class InferredParent(NamedTuple):
    """A parent that the child's name implies; `parent` is the implied name itself if it refers to no listed model."""

    child_id: str
    parent: str
    relation: str
    is_listed: bool

    @property
    def confidence(self) -> float:
        return INFERENCE_CONFIDENCE[self.relation, self.is_listed]


# The columns of `models` that make a NamedModel.
NAMED_MODEL = ("model_id", "author", "created_at", "downloads_30d", "is_whole", "is_adapter", "architecture", "is_converted")
# A child, the name that its own name implies, and the parent that is meant.
Reading = tuple[NamedModel, ImpliedName, InferredParent]


def inferred_parents(models: pa.Table, declared: pa.Table) -> list[InferredParent]:
    """At most one parent for each model without a declared one. `declared`: child_id, parent_id.

    `models`: model_id, author, created_at (microseconds), downloads_30d, is_adapter (by the model's own library and tags), is_whole (it has
    a task or an architecture), architecture (a class or a model type), is_converted (by its tags). The listed model is chosen by Namesakes.
    Cost: arrays of all words of all names, and Python for the names that imply a parent.
    """
    names = ListedNames(models)
    implied = _implied_names(models, names)
    declares = pc.is_in(models["model_id"], value_set=declared["child_id"].combine_chunks()).to_numpy()
    undeclared = np.fromiter((row for row in implied if not declares[row]), np.int64)
    children = {model: implied[row] for row, model in _named_models(models, undeclared)}
    wanted = {words for model, readings in children.items() for words in names_to_look_up(model.words, readings)}
    quantized = {name.words for readings in children.values() for name in readings if name.relation == "quantized"}
    listed = [model for _, model in _named_models(models, names.rows_named(wanted, quantized, FORMS))]
    namesakes = Namesakes(listed, _word_usage(names, listed, implied))
    matches = [(child, match) for child, readings in children.items() if (match := namesakes.match(child, readings))]
    parents = _parents(matches, UnlistedParents.of(models, names, implied, matches))
    return list(_without_contradictions(parents, _declared_siblings(models, implied, declared), models["model_id"]))


def _implied_names(models: pa.Table, names: ListedNames) -> dict[int, list[ImpliedName]]:
    """Row number -> what the name implies, for names that imply a parent."""
    rows = names.rows_with(is_derivation_term)
    ids = models["model_id"].take(pa.array(rows)).to_pylist()
    readings = ((row, implied_names(name_words(model_id))) for row, model_id in zip(rows.tolist(), ids, strict=True))
    return {row: found for row, found in readings if found}


def _named_models(models: pa.Table, rows: NDArray[np.int64]) -> Iterator[tuple[int, NamedModel]]:
    """The models of these rows, with the rows."""
    taken = models.select([*NAMED_MODEL]).take(pa.array(rows))
    columns = (column.to_pylist() for column in taken.columns)
    for row, model_id, author, created_at, downloads, *facts in zip(rows.tolist(), *columns, strict=True):
        if created_at is not None and FLOOR_MICROSECONDS <= created_at < _FLOOR_END:
            created_at = FLOOR_MICROSECONDS
        yield row, NamedModel(model_id, author, created_at, downloads or 0, *facts)


def _word_usage(names: ListedNames, listed: Sequence[NamedModel], implied: Iterable[int]) -> WordUsage:
    """The usage of the family words of the listed models' names. Downloads are those of models whose names imply no parent."""
    accounts = names.accounts_by_word(word for model in listed for word in model.words)
    family_words = {family_word(model.words, accounts) for model in listed}
    is_original = np.ones(names.size, dtype=np.bool_)
    is_original[np.fromiter(implied, np.int64)] = False
    downloads = names.downloads_by_word(family_words, is_original)
    leader: dict[str, int] = defaultdict(int)
    for (word, _), total in downloads.items():
        leader[word] = max(leader[word], total)
    return WordUsage(len(names.authors), accounts, downloads, leader)


def _parents(matches: Sequence[tuple[NamedModel, NameMatch]], unlisted: UnlistedParents) -> Iterator[Reading]:
    """Matches with a listed model, and those without whose name is certainly that of a model."""
    for child, match in matches:
        relation = _relation(child, match.name)
        if match.model_id is not None:
            yield child, match.name, InferredParent(child.model_id, match.model_id, relation, True)
        elif (name := unlisted.name_of(child, match)) is not None:
            yield child, match.name, InferredParent(child.model_id, name, relation, False)


def _relation(child: NamedModel, name: ImpliedName) -> str:
    """What the child's name says, unless the child itself shows whether it is an adapter or a whole model."""
    if name.relation == "finetune" and child.is_adapter:
        return "adapter"
    is_merged = name.relation == "adapter" and not child.is_adapter and child.architecture is not None
    return "finetune" if is_merged else name.relation


def _declared_siblings(models: pa.Table, implied: Mapping[int, Sequence[ImpliedName]], declared: pa.Table) -> DeclaredSiblings:
    """The declared parents of models whose names imply one."""
    rows = pc.index_in(declared["child_id"], value_set=models["model_id"].combine_chunks())
    authors = models["author"].take(rows).to_pylist()
    found = zip(authors, (implied.get(row, ()) for row in rows.to_pylist()), declared["parent_id"].to_pylist(), strict=True)
    return DeclaredSiblings((author, name, parent) for author, names, parent in found if parent is not None for name in names)


def _without_contradictions(parents: Iterable[Reading], siblings: DeclaredSiblings, model_ids: pa.ChunkedArray) -> Iterator[InferredParent]:
    """The parents, but where the author's similar models declare another one: that one if it is listed, and none if they disagree."""
    known = [(inferred, siblings.parents(child.author, name)) for child, name, inferred in parents]
    options = pa.array({parent for _, declared in known for parent in declared}, pa.string())
    listed = set(options.filter(pc.is_in(options, value_set=model_ids.combine_chunks())).to_pylist())
    for inferred, declared in known:
        if not declared or declared == {inferred.parent}:
            yield inferred
        elif len(declared) == 1 and declared <= listed:
            yield inferred._replace(parent=min(declared), is_listed=True)
