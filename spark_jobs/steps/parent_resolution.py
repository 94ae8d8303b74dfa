"""Resolve declared parents to listed models, across moves, renames and variants of spelling."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hublake.rules.lineage.declared_parents import FROM_HUB
from hublake.rules.lineage.parent_references import PLACEHOLDER
from hublake.rules.lineage.parent_renames import RenameResolver, ResolvedParent

FROM_CARD = ("card_relation", "card_field")


def resolve_parents(claims: pa.Table, models: pa.Table, former_names: pa.Table) -> pa.Table:
    """The claims with parent_id, parent_status and resolved_by in place of parent.

    `claims`: child_id, parent, evidence, problem. `models`: model_id, hub_id, author, downloads_30d. `former_names`: hub_id, and a parent
    that an earlier listing contains under that hub_id.

    The status is `present` if the name is listed, `renamed` if RenameResolver finds a listed model, and `missing` otherwise; then parent_id
    is the declared name, and no model is invented. A listed name is no placeholder, whatever it looks like. Cost: two passes over the names
    of all models.
    """
    parents = claims["parent"].combine_chunks()
    is_listed = pc.is_in(parents, value_set=models["model_id"].filter(pc.is_in(models["model_id"], value_set=parents.unique())))
    problem = claims["problem"]
    is_listed_placeholder = pc.and_(is_listed, pc.fill_null(pc.equal(problem, PLACEHOLDER), False))
    problem = pc.if_else(is_listed_placeholder, pa.scalar(None, pa.string()), problem)
    claims = claims.set_column(claims.schema.get_field_index("problem"), "problem", problem)
    is_name = pc.is_null(problem)
    is_unlisted = pc.and_(is_name, pc.invert(is_listed))
    renames = _resolve_renames(claims.filter(is_name).append_column("is_listed", is_listed.filter(is_name)), models, former_names)
    results = [renames.get(pair) for pair in _pairs(claims.filter(is_unlisted))]
    is_renamed = np.zeros(len(claims), dtype=np.bool_)
    is_renamed[np.flatnonzero(is_unlisted)] = [result is not None for result in results]
    renamed = pa.array(is_renamed)
    resolved = [result for result in results if result is not None]
    nulls = pa.nulls(len(claims), pa.string())
    columns = {
        "parent_id": pc.replace_with_mask(parents, renamed, pa.array([parent.model_id for parent in resolved], pa.string())),
        "parent_status": pc.if_else(is_listed, "present", pc.if_else(renamed, "renamed", "missing")),
        "resolved_by": pc.replace_with_mask(nulls, renamed, pa.array([parent.resolved_by for parent in resolved], pa.string())),
    }
    kept = claims.drop_columns("parent")
    return pa.table({name: kept[name] for name in kept.column_names} | columns)


def _resolve_renames(claims: pa.Table, models: pa.Table, former_names: pa.Table) -> dict[tuple[str, str], ResolvedParent]:
    """(parent that is not listed, child) -> the listed model that is meant, for pairs that can be resolved."""
    unlisted = dict.fromkeys(_pairs(claims.filter(pc.invert(claims["is_listed"]))))
    if not unlisted:
        return {}
    parents = pa.array({parent for parent, _ in unlisted}, pa.string())
    spelt_alike = models.filter(pc.is_in(_letters(models["model_id"]), value_set=pc.unique(_letters(parents))))
    resolver = RenameResolver(
        unlisted,
        dict(zip(spelt_alike["model_id"].to_pylist(), pc.coalesce(spelt_alike["downloads_30d"], 0).to_pylist(), strict=True)),
        pc.drop_null(pc.unique(pc.utf8_lower(models["author"]))).to_pylist(),
        {"history": _current_names(former_names, parents, models), "taught": _taught_by_children(claims)},
    )
    found = ((pair, resolver.resolve(*pair)) for pair in unlisted)
    return {pair: result for pair, result in found if result is not None}


def _pairs(claims: pa.Table) -> Iterable[tuple[str, str]]:
    return zip(claims["parent"].to_pylist(), claims["child_id"].to_pylist(), strict=True)


def _letters(names: pa.ChunkedArray) -> pa.ChunkedArray:
    """The letters and digits of a model's own name: equal for all names with the same normalised spelling, and for a few others."""
    return pc.replace_substring_regex(pc.utf8_lower(names), r"(?s)^.*/|[-_ .,;:]", "")


def _current_names(former_names: pa.Table, parents: pa.Array, models: pa.Table) -> dict[str, str]:
    """Parent -> the listed model that had this name in an earlier crawl, if exactly one model had it."""
    of_parents = former_names.filter(pc.is_in(former_names["parent"], value_set=parents))
    listed = models.filter(pc.is_in(models["hub_id"], value_set=of_parents["hub_id"].unique())).select(["hub_id", "model_id"])
    current = dict(zip(*(column.to_pylist() for column in listed.columns), strict=True))
    candidates = defaultdict(set)
    for row in of_parents.to_pylist():
        if row["hub_id"] in current:
            candidates[row["parent"]].add(current[row["hub_id"]])
    return {parent: found.pop() for parent, found in candidates.items() if len(found) == 1}


def _taught_by_children(claims: pa.Table) -> dict[str, str]:
    """Unlisted parent -> listed model, from children whose card and Hub metadata name the same single base differently.

    If the only base in a child's card is the unlisted X, and its only base according to the Hub is the listed Y, the child votes for
    X -> Y. More than half of the votes for X must agree.
    """
    from_cards = pc.is_in(claims["evidence"], value_set=pa.array(FROM_CARD))
    voters = claims["child_id"].filter(pc.and_(from_cards, pc.invert(claims["is_listed"]))).unique()
    of_voters = claims.filter(pc.and_(pc.is_in(claims["child_id"], value_set=voters), pc.not_equal(claims["child_id"], claims["parent"])))
    by_card, by_hub = defaultdict(set), defaultdict(set)
    for row in of_voters.select(["child_id", "parent", "evidence", "is_listed"]).to_pylist():
        parent = (row["parent"], row["is_listed"])
        if row["evidence"] in FROM_CARD:
            by_card[row["child_id"]].add(parent)
        elif row["evidence"] in FROM_HUB:
            by_hub[row["child_id"]].add(parent)
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for child in by_card.keys() & by_hub.keys():
        if len(by_card[child]) == len(by_hub[child]) == 1:
            [(written, is_written_listed)], [(model_id, is_listed)] = by_card[child], by_hub[child]
            if is_listed and not is_written_listed:
                votes[written][model_id] += 1
    winners = ((written, *counts.most_common(1)[0], counts.total()) for written, counts in votes.items())
    return {written: model_id for written, model_id, agreeing, total in winners if 2 * agreeing > total}
