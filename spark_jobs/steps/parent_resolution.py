"""Which listed model does a declared parent mean? Names change, by a move, a rename, a letter's case or a matter of taste."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hublake.rules.lineage.parent_renames import Renames, Resolved

TYPED = ("hub_base_models", "typed_tag")
FROM_CARD = ("card_relation", "card_field")


def resolved_parents(readings: pa.Table, models: pa.Table, former_names: pa.Table) -> pa.Table:
    """The readings with parent_id, parent_status and resolved_by in place of parent.

    `readings`: child_id, parent, evidence, problem; `models`: model_id, hub_id, author, downloads_30d; `former_names`: hub_id and a parent
    that an earlier listing has under that hub_id. A name that is listed is present. Else it is renamed where rules.parent_renames finds a
    model. Else it is missing, and parent_id is the name itself: no model is invented. Cost: names of all models are looked at twice.
    """
    parents = readings["parent"].combine_chunks()
    is_listed = pc.is_in(parents, value_set=models["model_id"].filter(pc.is_in(models["model_id"], value_set=parents.unique())))
    is_name = pc.is_null(readings["problem"])
    asked = pc.and_(is_name, pc.invert(is_listed))
    found = _renamed(readings.filter(is_name).append_column("is_listed", is_listed.filter(is_name)), models, former_names)
    answers = [found.get(pair) for pair in _pairs(readings.filter(asked))]
    is_renamed = np.zeros(len(readings), dtype=np.bool_)
    is_renamed[np.flatnonzero(asked)] = [answer is not None for answer in answers]
    renamed = pa.array(is_renamed)
    resolved = [answer for answer in answers if answer is not None]
    status = pc.if_else(is_listed, "present", pc.if_else(renamed, "renamed", "missing"))
    nothing = pa.nulls(len(readings), pa.string())
    told = {
        "parent_id": pc.replace_with_mask(parents, renamed, pa.array([answer.model_id for answer in resolved], pa.string())),
        "parent_status": status,
        "resolved_by": pc.replace_with_mask(nothing, renamed, pa.array([answer.way for answer in resolved], pa.string())),
    }
    kept = readings.drop_columns("parent")
    return pa.table({name: kept[name] for name in kept.column_names} | told)


def _renamed(known: pa.Table, models: pa.Table, former_names: pa.Table) -> dict[tuple[str, str], Resolved]:
    """(parent that is not listed, child) -> the listed model that is meant, where one is."""
    wanted = dict.fromkeys(_pairs(known.filter(pc.invert(known["is_listed"]))))
    if not wanted:
        return {}
    parents = pa.array({parent for parent, _ in wanted}, pa.string())
    could_be_meant = models.filter(pc.is_in(_letters(models["model_id"]), value_set=pc.unique(_letters(parents))))
    renames = Renames(
        wanted,
        dict(zip(could_be_meant["model_id"].to_pylist(), pc.coalesce(could_be_meant["downloads_30d"], 0).to_pylist(), strict=True)),
        pc.drop_null(pc.unique(pc.utf8_lower(models["author"]))).to_pylist(),
        {"history": _former_names(former_names, parents, models), "taught": _taught(known)},
    )
    found = ((pair, renames.find(*pair)) for pair in wanted)
    return {pair: answer for pair, answer in found if answer is not None}


def _pairs(readings: pa.Table) -> Iterable[tuple[str, str]]:
    return zip(readings["parent"].to_pylist(), readings["child_id"].to_pylist(), strict=True)


def _letters(names: pa.ChunkedArray) -> pa.ChunkedArray:
    """The letters and digits of a model's own name: alike in all names that are spelt alike, and in a few others."""
    return pc.replace_substring_regex(pc.utf8_lower(names), r"(?s)^.*/|[-_ .,;:]", "")


def _former_names(former_names: pa.Table, parents: pa.Array, models: pa.Table) -> dict[str, str]:
    """Parent -> the listed model that had its name in an earlier crawl, where it was but one."""
    of_parents = former_names.filter(pc.is_in(former_names["parent"], value_set=parents))
    there = models.filter(pc.is_in(models["hub_id"], value_set=of_parents["hub_id"].unique())).select(["hub_id", "model_id"])
    now = dict(zip(*(column.to_pylist() for column in there.columns), strict=True))
    heirs = defaultdict(set)
    for row in of_parents.to_pylist():
        if row["hub_id"] in now:
            heirs[row["parent"]].add(now[row["hub_id"]])
    return {parent: found.pop() for parent, found in heirs.items() if len(found) == 1}


def _taught(known: pa.Table) -> dict[str, str]:
    """Parent -> listed model: a child whose one card base X is not listed, while its one base by the Hub is the listed Y, teaches X -> Y.

    More than half of the children that teach X must agree.
    """
    of_cards = pc.is_in(known["evidence"], value_set=pa.array(FROM_CARD))
    teachers = known["child_id"].filter(pc.and_(of_cards, pc.invert(known["is_listed"]))).unique()
    lessons = known.filter(pc.and_(pc.is_in(known["child_id"], value_set=teachers), pc.not_equal(known["child_id"], known["parent"])))
    by_author, by_hub = defaultdict(set), defaultdict(set)
    for row in lessons.select(["child_id", "parent", "evidence", "is_listed"]).to_pylist():
        name = (row["parent"], row["is_listed"])
        if row["evidence"] in FROM_CARD:
            by_author[row["child_id"]].add(name)
        elif row["evidence"] in TYPED:
            by_hub[row["child_id"]].add(name)
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for child in by_author.keys() & by_hub.keys():
        if len(by_author[child]) == len(by_hub[child]) == 1:
            [(taught, is_listed)], [(model_id, is_known)] = by_author[child], by_hub[child]
            if is_known and not is_listed:
                votes[taught][model_id] += 1
    most = ((taught, *counts.most_common(1)[0], counts.total()) for taught, counts in votes.items())
    return {taught: model_id for taught, model_id, ours, total in most if 2 * ours > total}
