"""Licence rules against labels of other people; the halves of the labels that we do not have measure them."""

from collections import defaultdict
from pathlib import Path

from hublake.rules.licenses.catalogue import license_catalogue
from hublake.rules.licenses.chain_labels import UNKNOWN, stalnaker_labels
from hublake.rules.licenses.compatibility import verdict_on_pair
from hublake.rules.licenses.resolved_licenses import resolve_license
from tests.ground_truth.labels import labels


def test_verdicts_agree_with_a_readers(shared_data: Path) -> None:
    rows = labels(shared_data, "license_verdicts")
    found = [verdict_on_pair(row["parent_license"], row["child_license"], row["relation"]) for row in rows]
    assert sum(ours.verdict == row["verdict"] for ours, row in zip(found, rows, strict=True)) >= 0.95 * len(rows)
    assert sum(ours.clause == row["clause"] for ours, row in zip(found, rows, strict=True)) >= 0.9 * len(rows)


def test_software_pairs_never_contradict_osadl(shared_data: Path) -> None:
    licenses = {license.spdx_id: license.license for license in license_catalogue().values() if license.spdx_id}
    rows = [row for row in labels(shared_data, "license_compatibility_osadl") if {row["inbound"], row["outbound"]} <= set(licenses)]
    found = [(row["verdict"], verdict_on_pair(licenses[row["inbound"]], licenses[row["outbound"]], "finetune").verdict) for row in rows]
    assert not {("No", "ok"), ("Yes", "conflict"), ("Same", "conflict")} & set(found)
    assert sum(ours == "unknown" for _, ours in found) <= 0.15 * len(found)


def test_clauses_agree_with_choosealicense_and_modelgo(shared_data: Path) -> None:
    stated: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for row in labels(shared_data, "license_clauses"):
        if row["source"] in ("choosealicense", "modelgo") and row["license"] in license_catalogue():
            stated[row["license"], row["source"]].add((row["clause"], row["value"]))
    agreements = []
    for (name, source), facts in stated.items():
        ours = license_catalogue()[name]
        values = {value for _, value in facts}
        is_copyleft = bool(values & {"copyleft", "same-license", "same-license--file", "same-license--library"})
        may_sell, may_modify = ("commercial-use", "modifications") if source == "choosealicense" else ("commercial_use", "modify")
        agreements += [
            is_copyleft == (ours.share_alike in ("same_license", "file", "library")),
            (may_sell in values) == (ours.commercial_use == "yes"),
            (may_modify in values) == (ours.derivatives == "yes"),
        ]
    assert sum(agreements) >= 0.97 * len(agreements)


def test_mechanical_chain_labels_are_reproduced_exactly(shared_data: Path) -> None:
    for row in labels(shared_data, "license_chains"):
        licenses: list[list[str]] = [[] if text == UNKNOWN else [text] for text in row["licenses"].split(" > ")]
        assert stalnaker_labels(row["chain"].split(" > "), licenses) == sorted(row["labels"].split()), row["chain"]


def test_names_that_were_suggested_for_other_resolve(shared_data: Path) -> None:
    meant = {"llama-2-community-license": "llama2", "llama-license": "llama1"}
    rows = labels(shared_data, "license_of_other")
    found = [resolve_license("other", row["suggested_license_name"], row["suggested_license_link"]) for row in rows]
    right = [ours and ours.license == meant.get(row["suggested_license_name"]) for ours, row in zip(found, rows, strict=True)]
    assert sum(map(bool, right)) >= 0.9 * len(rows)
