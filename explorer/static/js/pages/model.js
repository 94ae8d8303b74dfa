import { declared, legend } from "../charts.js";
import { DataError } from "../data.js";
import { authorAddress, empty, familyAddress, figures, h } from "../dom.js";
import { format, valueOf } from "../format.js";
import { columnsOf, dataTable } from "../table.js";
import { offerDownload } from "../download.js";
import { relationColor, tree } from "../tree.js";

export const title = "A model";
export const method = "README";

const KINDS = { finetune: "fine-tuned from", adapter: "an adapter of", quantized: "a quantised copy of", merge: "a merge of" };
const LAYERS = 5; // generations of ancestors in the picture
const PER_LAYER = 7;
const STEPS = 12; // generations that are followed in a static folder

export async function render(element, context) {
  const { id, data, manifest } = context;
  if (!id) throw new DataError("Name a model: press / and type a part of its name.");
  const facts = await data.model(id);
  if (!facts) throw new DataError(manifest.details < manifest.models ? `This folder has no details of ${id}: it has connected models and the most downloaded others; the local server of the explorer has all of the snapshot.` : `This snapshot has no model called ${id}; it may be a parent that others name.`);
  facts.ancestry = await ancestry(facts, id, data, manifest);
  const source = (name) => (manifest.table_versions[name] === undefined ? name : `${name}@${manifest.table_versions[name]}`);
  const list = (heading, name, text, rows, none, options = {}) => {
    const columns = columnsOf(text).map((column) => ({ ...column, targets: options.targets?.[column.name] }));
    return declared({ title: heading, columns, rows: (rows ?? []).map((row) => columns.map((column) => row[column.name] ?? null)), source: source(name) },
      context, heading.toLowerCase().replaceAll(/\W+/g, "_"), { none, shown: 12, ...options });
  };

  const isConnected = facts.ancestry.length > 0 || facts.children?.models > 0;
  const graph = lineage(facts, context, list); // the first table to download
  const [declares, verdict, path] = licence(facts, list);
  element.append(
    h("header", {}, h("h1", {}, id), h("p", { class: "lead" }, lead(facts)),
      isConnected ? h("p", { class: "links" }, h("a", { href: `#/map?${new URLSearchParams({ model: id })}` }, "Show it on the map"), facts.children?.models ? h("a", { href: familyAddress(id) }, "Who builds on it") : null, facts.ancestry.some(isListed) ? h("a", { href: `${familyAddress(id)}?of=root` }, "Its family on the map") : null) : null),
    headline(facts, manifest), graph, verdict,
    pair(...derived(facts, list), impact(facts, list), card(facts, source), declares, path,
    list("Datasets that it declares", "silver.model_datasets", "dataset_id; role:words; trains:boolean:Training data; resolved_id::On the Hub as; dataset_status:words:Status; source:words", facts.tables?.["silver.model_datasets"]?.map((row) => ({ ...row, trains: row.role !== "eval" })), "It declares no dataset.", { note: "With the role eval, a dataset is no training data." }),
    list("Languages", "silver.model_languages", "language; kind:words; source:words; confidence:number", facts.tables?.["silver.model_languages"], "It declares no language, and its name and tags state none."),
    list("History", "silver.model_history", "valid_from:date:From; valid_to:date:Until; changed::What changed; licenses::Licences in tags; is_removed:boolean:Removed", facts.history?.map((row) => ({ ...row, valid_to: row.valid_to ?? "still valid" })), "These data have no history.")),
    problems(facts), others(facts, source),
    h("p", { class: "note" }, "On the command line: ", h("code", {}, `hublake model ${id}`), ", a bill of materials: ", h("code", {}, `hublake bom ${id}`)),
  );
  element.querySelector("h1").scrollIntoView({ block: "nearest" });
}

const isListed = (edge) => edge.parent_status !== "missing";
const pair = (...sections) => h("div", { class: "two" }, sections);

/** Edges up to the roots. The server gives all; in a static folder each parent's file is read in turn, and `isRead` says whether it was. */
export async function ancestry(facts, id, data, manifest) {
  const direct = facts.ancestry ?? [];
  if (manifest.server) return direct;
  const found = direct.map((edge) => ({ steps: 0, child_id: id, ...edge }));
  const seen = new Set([id]);
  for (let steps = 0; steps < STEPS; steps++) {
    const parents = [...new Set(found.filter((edge) => edge.steps === steps).map((edge) => edge.parent_id))].filter((name) => !seen.has(name)).slice(0, PER_LAYER);
    if (!parents.length) break;
    for (const name of parents) {
      const parent = await data.model(name);
      if (parent) seen.add(name);
      for (const edge of parent?.ancestry ?? []) found.push({ child_id: name, ...edge, steps: steps + 1 });
    }
  }
  return found.map((edge) => ({ ...edge, isRead: seen.has(edge.parent_id) }));
}

function lead({ ancestry: edges, children, model, model_id: name }) {
  const parents = Map.groupBy(edges.filter(({ steps }) => steps === 0), ({ relation }) => relation);
  const kinds = [...parents].map(([relation, of]) => `${KINDS[relation] ?? format.words(relation)} ${[...new Set(of.map((edge) => edge.parent_id))].join(", ")}`);
  const kind = kinds.length ? `It is ${kinds.join(", ")}.` : children?.models ? "It is a base model: no parent of it is known." : "It has no known relatives.";
  const created = model.is_created_at_floor ? "before March 2022" : format.date(model.created_at);
  const author = name.includes("/") ? name.split("/")[0] : null;
  return [`${kind} Created: ${created}. Task: ${format.text(model.pipeline_tag)}. Architecture: ${format.text(model.architecture)}.`
    + (model.is_gated ? " Access must be requested." : "") + (model.is_disabled ? " The Hub has disabled it." : ""),
  author && [" Author: ", h("a", { href: authorAddress(author) }, author), "."]];
}

export const declaredLicenses = ({ tables }) => (tables?.["silver.model_licenses"] ?? []).map((row) => row.comparable_license).join(", ");

/** The strictest answer of the licences of a model and its ancestors, and whose it is: unknown where the facts lack an ancestor's. */
export function commercialUse(facts, { commercial_use: known, guessed_evidence: guesses }) {
  const { ancestry: up, license_chain: chain, license_edges: edges } = facts;
  const found = [[facts.model_id, declaredLicenses(facts)], ...(chain?.path ?? []).map((name, at) => [name, chain.licenses[at]]),
    ...(edges ?? []).toSorted((one, other) => one.is_guessed - other.is_guessed).map((edge) => [edge.parent_id, edge.parent_licenses.join(", "), edge.is_guessed])];
  const answers = found.flatMap(([name, licenses, isGuess]) => licenses.split(", ").map((license) => [valueOf(known, license) ?? "unknown", `${name}: ${license || "no licence declared"}`, isGuess]));
  const covered = new Set(found.map(([name]) => name));
  const declared = new Set([facts.model_id]); // reached without a guess
  for (const { child_id: child, parent_id: parent, parent_status: status, evidence, isRead } of up) {
    const isGuess = guesses.includes(evidence) || !declared.has(child);
    if (!isGuess) declared.add(parent);
    const why = status === "missing" ? "not listed" : !covered.has(parent) ? "its licence is not in these facts" : isRead === false ? "its parents are not in these data" : null;
    if (why) answers.push(["unknown", `${parent}: ${why}`, isGuess]);
  }
  const order = ["no", "limited", "unknown", "yes"];
  const [[answer]] = answers.sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  return answer === "yes" ? ["yes", "by its licences and those of all known ancestors"] : [answer, answers.filter(([one, why], at) => one === answer && answers.findIndex((other) => other[1] === why) === at).map(([, why, isGuess]) => why + (isGuess ? " (guessed)" : "")).join("; ")];
}

function headline(facts, manifest) {
  const { model, impact: score, children } = facts;
  return figures([
    ["Commercial use", ...commercialUse(facts, manifest)],
    ["Impact, of 100", score ? format.number(Math.round(score.impact_score * 10) / 10) : "unknown", score ? `rank ${format.number(score.rank)} of ${format.number(score.ranked_models)}` : null],
    ["Direct derivatives", format.number(children?.models ?? 0), score?.dependants_guessed ? `${format.number(score.dependants_guessed)} of them guessed` : null],
    ["Descendants", format.number(score?.descendants), "at any depth"],
    ["Downloads, 30 days", format.compact(model.downloads_30d), score ? `${format.compact(score.downloads_attributed)} with what derives from it` : null],
    ["Likes", format.compact(model.likes)],
    ["Parameters", format.compact(model.parameters)],
  ]);
}

function lineage(facts, context, list) {
  const { id, manifest } = context;
  const { ancestry: up, children } = facts;
  const below = children?.most_downloaded ?? [];
  const depths = new Map([[id, 0]]); // the longest path up, so that each edge leads to a higher layer; a cycle ends at LAYERS
  for (let round = 0; round < LAYERS; round++) {
    for (const edge of up) if (depths.has(edge.child_id)) depths.set(edge.parent_id, Math.min(LAYERS, Math.max(depths.get(edge.parent_id) ?? 0, depths.get(edge.child_id) + 1)));
  }
  const missing = new Set(up.filter((edge) => !isListed(edge)).map((edge) => edge.parent_id));
  const layers = [];
  const seen = new Set([id]);
  let hidden = 0;
  for (let depth = 1; depth <= LAYERS; depth++) {
    const parents = [...depths].filter(([name, at]) => at === depth && name !== id).map(([name]) => name).sort((one, other) => missing.has(one) - missing.has(other));
    if (!parents.length) break;
    hidden += parents.splice(PER_LAYER).length;
    parents.forEach((name) => seen.add(name));
    layers.unshift(parents.map((name) => ({ id: name, isMissing: missing.has(name), note: missing.has(name) ? "not listed" : null })));
  }
  const own = children?.models ? format.plural(children.models, "derivative") : null;
  const shown = below.filter((row) => !seen.has(row.model_id)).slice(0, PER_LAYER);
  layers.push([{ id, note: own }], ...(shown.length ? [shown.map((row) => ({ id: row.model_id, note: `${format.compact(row.downloads_30d)} downloads` }))] : []));
  const relations = [...new Set([...up, ...shown].map((edge) => edge.relation.split(", ")[0]))];
  const edges = [...up.map((edge) => ({ from: edge.parent_id, to: edge.child_id, color: relationColor(manifest, edge.relation) })),
    ...shown.map((row) => ({ from: id, to: row.model_id, color: relationColor(manifest, row.relation.split(", ")[0]) }))];
  const rows = [...up.map((edge) => ({ ...edge, status: edge.parent_status === "renamed" ? `declared as ${edge.declared_parent}` : edge.parent_status })),
    ...shown.map((row) => ({ child_id: row.model_id, parent_id: id, relation: row.relation, evidence: row.evidence, confidence: row.confidence, status: "present" }))];
  return list("Lineage", "silver.lineage_edges", "child_id:model:Model; parent_id:model:Derives from; relation:words; evidence:words; confidence:number; status:words:Parent", rows, "No parent or derivative of it is known.", {
    targets: { parent_id: Object.fromEntries([[id, id], ...up.filter(isListed).map((edge) => [edge.parent_id, edge.parent_id])]) },
    draw: tree({ layers, edges, id }), open: up.length > 0, note: hidden ? `Not drawn: ${format.plural(hidden, "ancestor")}; the table has all.` : null, key: legend({ domain: relations, range: relations.map((relation) => relationColor(manifest, relation)) }),
    label: `${layers.length > 1 && up.length ? `${format.plural(new Set(up.map((edge) => edge.parent_id)).size, "ancestor")} above` : "No ancestors above"}, ${format.plural(shown.length, "derivative")} with most downloads below.`,
  });
}

function derived({ children }, list) {
  if (!children?.models) return [];
  return [
    list("Derived from it, by relation", "silver.lineage_edges", "relation:words; models:number; guessed:number:Of these guessed", children.by_relation, "", { chart: { kind: "bars", says: "Bars: models that derive directly.", value: "models", label: "relation", unit: "models" } }),
    list("Most downloaded derivatives", "silver.lineage_edges", "model_id:model; relation:words; downloads_30d:number:Downloads, 30 days", children.most_downloaded, ""),
  ];
}

function impact({ impact: score }, list) {
  const parts = { pagerank_part: "PageRank", dependants_part: "direct derivatives", descendants_part: "descendants", downloads_part: "downloads attributed" };
  const rows = score ? Object.entries(parts).map(([key, part]) => ({ part, value: score[key] })) : [];
  return list("What its impact is made of", "gold.model_impact", "part; value:number:Value, 0 to 1", rows, "Its impact is not computed in these data.", { chart: { kind: "bars", says: "Bars: the four parts.", value: "value", label: "part", unit: "log scale, 1: highest of the snapshot", names: true } });
}

function licence(facts, list) {
  const { license_chain: chain, license_edges: verdicts, tables } = facts;
  const steps = (chain?.path ?? []).map((name, at) => ({ model: name, license: chain.licenses[at] || "none declared" }));
  const path = list("Licence path from the root", "gold.license_chains", "model:model; license::Licence", steps, "No path of licences leads to it.");
  if (chain) path.append(h("p", { class: "note" }, `Each against the one before, at worst: ${format.verdict(chain.worst_verdict)}. ${chain.labels?.length ? `Remarks: ${chain.labels.map(format.words).join(", ")}.` : "No remarks."}`));
  return [
    list("Licence that it declares", "silver.model_licenses", "license::Licence; resolved_license::Meant; resolved_by:words:Found by; source:words; confidence:number", tables?.["silver.model_licenses"], "It declares no licence."),
    list("Its licence against each parent's", "gold.license_edges", "parent_id:model; verdict:verdict:Licence; clause:words:Clause that decides; parent_licenses::Licences of the parent; transition:words:From the parent's to its own", verdicts, "It has no parent whose licence could bind it."),
    path,
  ];
}

function card({ documentation: found }, source) {
  const place = h("section", {}, h("h2", {}, "What its card admits"));
  if (!found) place.append(empty("These data have nothing on its card."));
  else if (!found.has_card) place.append(empty("No card with text was fetched."));
  else {
    const filled = found.sections_filled ?? [];
    const statements = found.statements?.map((row) => [row.sentence, `On ${row.classes.map(format.words).join(", ")}${row.earned_depth ? "; earned the depth" : ""}.`]) ?? (found.sentences ?? []).map((sentence) => [sentence]);
    place.append(h("p", {}, `Depth of documentation of limits, bias and risks: ${found.depth === null ? "not measured in the language of this card" : `${found.depth} of 4`}. ${filled.includes("bias") ? "" : "No own words on bias. "}${filled.length ? `Filled: ${filled.map(format.words).join(", ")}.` : "None of the documented sections is filled."}`),
      found.generator ? h("p", { class: "note" }, `The card was generated by ${found.generator}.`) : "",
      ...statements.map(([sentence, on]) => h("blockquote", {}, sentence, on ? h("p", { class: "note" }, on) : null)),
      h("p", { class: "note source" }, `In the card's own words. Source: ${source("gold.card_documentation")}.`));
    offerDownload("sentences of the card", ["sentence", "on"], statements);
  }
  return place;
}

function problems({ model, quarantine }) {
  const found = [...(model.oddities ?? []).map((text) => `Unexpected in the listing: ${text}`), ...(quarantine ?? []).map((row) => `Quarantined from ${row.table_name}: ${row.reason}`)];
  return found.length ? h("section", {}, h("h2", {}, "Problems of its records"), h("ul", {}, found.map((text) => h("li", {}, text)))) : "";
}

function others({ tables: rest, model }, source) {
  const tables = { ...rest, "silver.models": [model] };
  const shown = new Set(["silver.model_datasets", "silver.model_languages", "silver.model_licenses"]);
  const names = Object.keys(tables).filter((name) => !shown.has(name) && tables[name].length);
  return h("section", {}, h("h2", {}, "Every other table on it"), names.map((name) => {
    const columns = Object.keys(tables[name][0]).filter((column) => tables[name].some((row) => row[column] !== null));
    const type = (column) => tables[name].map((row) => typeof row[column]).find((one) => one === "number" || one === "boolean");
    const rows = tables[name].map((row) => columns.map((column) => row[column] ?? "–"));
    offerDownload(name, columns, rows);
    const details = h("details", { class: "sheet" }, h("summary", {}, `${source(name)}: ${format.plural(rows.length, "row")}`));
    details.addEventListener("toggle", () => { if (details.children.length === 1) details.append(dataTable({ columns: columns.map((column) => ({ name: column, type: type(column), label: format.words(column.replace(/^is_/, "")) })), rows }, { name, caption: name }), h("a", { href: `#/data?${new URLSearchParams({ table: name })}` }, "What the columns mean")); });
    return details;
  }));
}
