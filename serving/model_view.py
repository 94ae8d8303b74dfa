"""The facts on one model as text for a terminal, as Markdown, as one line or as JSON."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rich.text import Text

from hublake.lake.console import open_console
from hublake.lake.enums import DOCUMENTED_SECTIONS, GUESSED_EVIDENCE
from hublake.lake.terminal import echo, json_text, printable
from hublake.serving.output import plain_value
from hublake.serving.report_grid import abbreviate

Row = dict[str, Any]

SHOWN_SENTENCES = 3  # without -v
SHOWN_CHILDREN = 5  # of a relation
SHOWN_ROWS = 4  # of a table that has no topic of its own, with -v
SHOWN_CHARACTERS = 300  # of a sentence
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~&])")
KINDS = {"finetune": "fine-tuned from", "adapter": "an adapter of", "quantized": "a quantised copy of", "merge": "a merge of"}


class Block(NamedTuple):
    """A topic: its title, and lines of text."""

    title: str
    lines: Sequence[str]


def print_model(facts: Row, output_format: str, verbosity: int) -> None:
    """Print the facts of `ModelFacts.read` as `text`, `markdown` or `json`. Verbosity: -1 one line, 0 a page, 1 all topics, 2 all rows."""
    if output_format == "json":
        echo(json_text(plain_value(facts), indent=None if verbosity < 0 else 1))
        return
    if verbosity < 0:
        echo(printable(summary(facts)))
        return
    blocks = [block for block in _blocks(facts, verbosity) if block.lines]
    if output_format == "markdown":
        echo("\n".join(_markdown(facts, blocks)))
        return
    console = open_console()
    console.print(Text.assemble((printable(facts["model_id"]), "bold"), f"  snapshot {facts['snapshot_date']}"), soft_wrap=True)
    for block in blocks:
        console.print(Text(f"\n{block.title}", "bold"), *(Text(f"  {printable(line)}") for line in block.lines), sep="\n", soft_wrap=True)


def summary(facts: Row) -> str:
    """The model in one line."""
    model, impact = facts["model"], facts["impact"]
    parts = [facts["model_id"], kind(facts), f"{_number(model['downloads_30d'])} downloads in 30 days"]
    if impact:
        parts.append(f"impact {impact['impact_score']:.1f} of 100 (rank {impact['rank']:,} of {impact['ranked_models']:,})")
    return "; ".join(parts)


def kind(facts: Row) -> str:
    """What the model is: how it derives from its parents, and how many derive from it."""
    parents: dict[str, set[str]] = {}
    for edge in facts["ancestry"]:
        if edge["steps"] == 0:
            parents.setdefault(edge["relation"], set()).add(edge["parent_id"])
    if not parents:
        return "a base model" if facts["children"]["models"] else "no known relatives"
    return ", ".join(f"{KINDS[relation]} {_listed(sorted(names))}" for relation, names in sorted(parents.items()))


def _blocks(facts: Row, verbosity: int) -> Iterator[Block]:
    yield Block("Model", list(_model_lines(facts, verbosity)))
    yield Block("Ancestors", list(_ancestor_lines(facts)))
    yield Block("Derived from it", list(_children_lines(facts)))
    yield Block("Impact", list(_impact_lines(facts)))
    yield Block("Licence (declarations and published rules; no legal advice)", list(_license_lines(facts)))
    yield Block("Datasets and languages", list(_declared_lines(facts)))
    yield Block("How it was made", list(_technique_lines(facts)))
    yield Block("What the card admits", list(_card_lines(facts, verbosity)))
    yield Block("History", list(_history_lines(facts, verbosity)))
    yield Block("Problems", list(_problem_lines(facts)))
    yield Block("Source", [facts["note"]] if "note" in facts else [])
    if verbosity >= 1:
        yield _columns(facts, "model", verbosity)
        for name, rows in facts["tables"].items():
            shown = rows if verbosity >= 2 else rows[:SHOWN_ROWS]
            more = [f"and {len(rows) - len(shown)} more rows: -vv shows them"] if len(rows) > len(shown) else []
            yield Block(name, [_row_line(row) for row in shown] + more)
    if verbosity >= 2:
        yield from (_columns(facts, topic, verbosity) for topic in ("lineage", "impact", "documentation"))
        yield Block("The Hub's own response", [facts["listing"]] if facts.get("listing") else [])


def _columns(facts: Row, topic: str, verbosity: int) -> Block:
    """The values of a topic that consists of one row; with verbosity 2 empty ones, too."""
    row = facts[topic] or {}
    shown = {name: value for name, value in row.items() if name not in ("card", "statements")}
    lines = [f"{name}: {_value(value)}" for name, value in shown.items() if verbosity >= 2 or value not in (None, "", [])]
    return Block(f"All columns: {topic}", lines)


def _model_lines(facts: Row, verbosity: int) -> Iterator[str]:
    model = facts["model"]
    yield kind(facts)
    made = f"created {_day(model['created_at'])}" if model["created_at"] else "created at an unknown time"
    if model["is_created_at_floor"]:
        made = "created before 2022-03-02, exact day unknown"
    yield f"{made}, last commit {_day(model['last_modified_at']) or 'unknown'}"
    all_time = "" if model["downloads_all_time"] is None else f" ({_number(model['downloads_all_time'])} in all)"
    yield f"{_number(model['downloads_30d'])} downloads in 30 days{all_time}, {_number(model['likes'])} likes"
    size = model["parameters"]
    source = f" by {model['parameters_source']}" if model["parameters_source"] else ""
    technical = [
        model["pipeline_tag"],
        model["library_name"],
        model["architecture"],
        f"{_billions(size)} parameters{source}" if size else None,
    ]
    yield "task, library, architecture, size: " + ", ".join(value or "unknown" for value in technical)
    states = [text for name, text in (("is_gated", "access must be requested"), ("is_disabled", "disabled by the Hub")) if model[name]]
    if states:
        yield "; ".join(states)
    if verbosity >= 1:
        yield f"commit {model['sha'] or 'unknown'}"
        yield f"tags: {', '.join(model['tags']) or 'none'}"
        yield f"files: {', '.join(model['file_names']) or 'none listed'}"


def _ancestor_lines(facts: Row) -> Iterator[str]:
    """A tree upwards: each model below its child, with the edge. A model that was shown before is not followed again."""
    edges: dict[str, list[Row]] = {}
    for edge in facts["ancestry"]:
        edges.setdefault(edge["child_id"], []).append(edge)
    yield from _edges_up(edges, facts["model_id"], "", set())
    lineage = facts["lineage"]
    if lineage:
        roots = _listed(lineage["root_ids"])
        connected = f"; {lineage['component_models']:,} models are connected to it" if "component_models" in lineage else ""
        yield f"generation {lineage['generation']}; roots: {roots}{connected}"


def _edges_up(edges: dict[str, list[Row]], child: str, indent: str, followed: set[str]) -> Iterator[str]:
    followed.add(child)
    for edge in edges.get(child, []):
        parent = edge["parent_id"]
        how = f"{edge['relation']}, {edge['evidence']}, confidence {_share(edge['confidence'])}"
        guess = ", a guess" if edge["evidence"] in GUESSED_EVIDENCE else ""
        status = {"missing": ", not listed", "not followed": ", not followed", "renamed": f", declared as {edge['declared_parent']}"}.get(
            edge["parent_status"], ""
        )
        yield f"{indent}{parent}  ({how}{guess}{status})"
        if parent not in followed and len(indent) < 80:
            yield from _edges_up(edges, parent, indent + "  ", followed)


def _children_lines(facts: Row) -> Iterator[str]:
    children = facts["children"]
    if not children["models"]:
        return
    impact = facts["impact"]
    in_all = f", {impact['descendants']:,} at any depth" if impact else ""
    yield f"{children['models']:,} models directly{in_all}"
    for row in children["by_relation"]:
        yield f"{row['relation']}: {row['models']:,} models" + (f", {row['guessed']:,} guessed" if row["guessed"] else "")
        top = row.get("most_downloaded", [])
        for child in top[:SHOWN_CHILDREN]:
            guess = ", a guess" if child["is_guessed"] else ""
            yield f"  {child['model_id']}  ({_number(child['downloads_30d'])} downloads{guess})"
        if top and row["models"] > SHOWN_CHILDREN:
            yield f"  and {row['models'] - SHOWN_CHILDREN:,} more"


def _impact_lines(facts: Row) -> Iterator[str]:
    impact = facts["impact"]
    if not impact:
        return
    yield f"{impact['impact_score']:.1f} of 100, rank {impact['rank']:,} of {impact['ranked_models']:,}"
    parts = ("pagerank_part", "dependants_part", "descendants_part", "downloads_part")
    yield "parts, 0 to 1: " + ", ".join(f"{name.removesuffix('_part')} {_share(impact[name])}" for name in parts)
    attributed = impact["downloads_attributed"]
    yield f"{_number(attributed and round(attributed))} downloads attributed, of the model and of what derives from it"
    if impact.get("dependants_guessed"):
        guessed = f"{impact['dependants_guessed']:,} of {impact['dependants']:,}"
        yield f"{guessed} direct derivatives are guessed; --without-guesses leaves them out"


def _license_lines(facts: Row) -> Iterator[str]:
    declared = facts["tables"].get("silver.model_licenses", [])
    for row in declared:
        meant = (
            f", meant: {row['resolved_license']} (by {row['resolved_by']})"
            if row.get("resolved_license") not in (None, row["license"])
            else ""
        )
        yield f"{row['license']}{meant}  (source {row['source']}, confidence {_share(row['confidence'])})"
    if not declared:
        yield "none declared"
    for edge in facts["license_edges"]:
        parents = _listed(edge["parent_licenses"]) or "undeclared"
        yield f"against {edge['parent_id']} ({parents}): {edge['transition']}, verdict {edge['verdict']} by clause {edge['clause']}"
    chain = facts["license_chain"]
    if chain:
        steps = zip(chain["path"], chain["licenses"], strict=False)
        yield "path: " + " -> ".join(f"{name} [{license_ or 'undeclared'}]" for name, license_ in steps)
        remarks = "" if chain["labels"] is None else f"; {_listed(chain['labels']) or 'no remarks'}"
        yield f"worst verdict on the path: {chain['worst_verdict']}{remarks}"


def _declared_lines(facts: Row) -> Iterator[str]:
    for row in facts["tables"].get("silver.model_datasets", []):
        found = "" if row.get("resolved_id") in (None, row["dataset_id"]) else f" = {row['resolved_id']}"
        role = f", {row['role']}" if "role" in row else ""
        yield f"dataset {row['dataset_id']}{found}  ({row.get('dataset_status', 'unknown')}{role}, source {row['source']})"
    languages = facts["tables"].get("silver.model_languages", [])
    if languages:
        yield "languages: " + ", ".join(sorted({row["language"] for row in languages}))


def _technique_lines(facts: Row) -> Iterator[str]:
    for row in facts["tables"].get("silver.model_techniques", []):
        detail = f" {row['detail']}" if row.get("detail") else ""
        yield f"{row['technique']}{detail}  (by {row['source']}, confidence {_share(row['confidence'])}: {(row['evidence'] or '')[:120]})"


def _card_lines(facts: Row, verbosity: int) -> Iterator[str]:
    found = facts["documentation"]
    if not found:
        return
    if not found["has_card"]:
        yield "no card with text was fetched"
        return
    filled = [name for name in DOCUMENTED_SECTIONS if found[f"has_{name}"]]
    inherited = [name for name in filled if found[f"is_{name}_inherited"]]
    depth = "not measured in the language of this card" if found["depth"] is None else f"{found['depth']} of 4"
    yield f"depth of documentation of limits, bias and risks: {depth}"
    yield f"own words on: {_listed(filled).replace('_', ' ') or 'none of the documented topics'}"
    if inherited:
        yield f"mostly copied from a parent's card: {_listed(inherited).replace('_', ' ')}"
    if found["generator"]:
        yield f"generated by {found['generator']}"
    yield from _statement_lines(found, verbosity)


def _statement_lines(found: Row, verbosity: int) -> Iterator[str]:
    """The sentences for which the classes count as documented, those that earned the depth first."""
    statements = sorted(found["statements"], key=lambda row: not row["earned_depth"])
    shown = statements if verbosity >= 1 else statements[:SHOWN_SENTENCES]
    for row in shown:
        text = row["sentence"]
        classes = _listed(row["classes"]).replace("_", " ")
        depth = ", earned the depth" if row["earned_depth"] else ""
        yield f"{classes}: “{text[:SHOWN_CHARACTERS]}{'…' * (len(text) > SHOWN_CHARACTERS)}”{depth}"
    more = len(statements) - len(shown)
    if more > 0:
        yield f"and {more} more sentences: -v shows them"


def _history_lines(facts: Row, verbosity: int) -> Iterator[str]:
    history = facts["history"]
    for row in history if verbosity >= 1 else history[-3:]:
        state = "removed" if row["is_removed"] else _listed(row["changed"])
        yield f"{row['valid_from']}: {state}, as {row['model_id']}, licences in tags: {_listed(row['licenses']) or 'none'}"


def _problem_lines(facts: Row) -> Iterator[str]:
    for oddity in facts["model"]["oddities"]:
        yield f"unexpected in the listing: {oddity}"
    for row in facts["quarantine"]:
        yield f"quarantined from {row['table_name']}: {row['reason']}"
    missing = sorted({edge["parent_id"] for edge in facts["ancestry"] if edge["parent_status"] == "missing"})
    if missing:
        yield f"names parents that are not listed: {_listed(missing)}"


def _markdown(facts: Row, blocks: Sequence[Block]) -> Iterator[str]:
    yield f"# {_escaped(facts['model_id'])}"
    yield f"\nSnapshot {facts['snapshot_date']}."
    for block in blocks:
        yield f"\n## {_escaped(block.title)}\n"
        for line in block.lines:
            depth = len(line) - len(line.lstrip(" "))
            yield f"{' ' * depth}- {_escaped(line.strip())}"


def _escaped(text: str) -> str:
    """Text of the Hub in Markdown: on one line, and without markup."""
    return MARKDOWN.sub(r"\\\1", printable(text))


def _row_line(row: Row) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in row.items() if value is not None and value != [])


def _value(value: Any) -> str:
    plain = plain_value(value)
    if isinstance(plain, float):
        return f"{plain:,.6g}"
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


def _billions(parameters: int) -> str:
    """A number of parameters, in the units of model names: 355 M, 7.24 B."""
    return abbreviate(parameters).replace(" G", " B")


def _day(value: Any) -> str:
    return value.strftime("%Y-%m-%d") if value else ""
