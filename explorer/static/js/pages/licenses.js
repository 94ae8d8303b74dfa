import { announce, empty, h, modelAddress } from "../dom.js";
import { offerDownload, save } from "../download.js";
import { format } from "../format.js";
import { columnsOf, dataTable } from "../table.js";
import { figure, part, ranked, records, totals } from "../charts.js";
import { ancestry, commercialUse, declaredLicenses } from "./model.js";
import { addressed, cellList, countsGuesses, fill, guessSwitch, literal, matrix, redrawn, showPage } from "./frame.js";

export const title = "Licences";
export const method = "licenses";

const RELATIONS = [["", "all relations"], ...["finetune", "adapter", "quantized", "merge"].map((name) => [name, name])];
const COUNTS = ["edges", "conflicts", "undecided", "downloads_30d"];
const EDGES = ["child_id", "parent_id", "relation", "verdict", "clause", "evidence", "is_guessed", "child_downloads_30d"];
const CHECKED = columnsOf("model_id:model; commercial_use; because; verdict:verdict:Licence against its parents'; licenses::Licences; path; licenses_on_path::Licences on the path; evidence; root:model");
const MOST_LISTED = 20; // edges of a cell, as in explorer/data/pages/licenses.py
const MOST_CHECKED = 200;
const LONGEST_ADDRESS = 1500; // of the checked models; longer lists stay out of it

export function render(element, context) {
  return showPage(element, context, "licenses", {
    matrix: (table, { examples }) => [redrawn((redraw) => verdicts(table, examples, context, redraw)), checker(context)],
    examples: () => null,
  });
}

const count = (rows, name) => format.number(rows.reduce((sum, row) => sum + row[name], 0));

function verdicts(table, examples, context, redraw) {
  const choice = { parent: context.params.get("parent"), child: context.params.get("child"), relation: context.params.get("relation") ?? "", withGuesses: countsGuesses(context) };
  const counted = (row) => (choice.withGuesses ? row : { ...row, edges: row.edges - row.edges_guessed, conflicts: row.conflicts - row.conflicts_guessed, undecided: row.undecided - row.undecided_guessed });
  const cells = totals(records(table).filter((row) => !choice.relation || row.relation === choice.relation).map(counted), ["parent_license", "child_license"], COUNTS).filter((row) => row.edges > 0);
  const byEnds = new Map(cells.map((row) => [`${row.parent_license}\n${row.child_license}`, row]));
  const order = (name) => ranked(cells, name, "edges", ["(none)", "(other)"]);
  const fits = (row) => row.edges - row.conflicts - row.undecided;
  const entry = (text, kind, value) => h("li", {}, h("span", { class: `swatch ${kind}`, style: { "--swatch": value } }), text);
  const grid = () => matrix({
    caption: `Rows: licence of the parent. Columns: licence of the derivative. ${count(cells, "edges")} edges, ${count(cells, "conflicts")} in conflict, ${count(cells, "undecided")} unknown. Press a cell for its edges.`,
    corner: "parent ↓ derivative →", rows: order("parent_license"), columns: order("child_license"), cell: (row, column) => byEnds.get(`${row}\n${column}`), count: (row) => row.edges,
    parts: (row) => [["fits", fits(row)], ["conflict", row.conflicts], ["undecided", row.undecided]],
    describe: (row, column, cell) => `${row} to ${column}: ${format.plural(cell.edges, "edge")}, of these ${format.number(fits(cell))} fit, ${format.number(cell.conflicts)} in conflict, ${format.number(cell.undecided)} unknown`,
    selected: (row, column) => row === choice.parent && column === choice.child,
    onselect: (parent, child) => { context.setParams({ parent, child, all: null }); redraw(); document.getElementById("cell-list").focus(); },
  });
  const section = figure(part(table, { rows: cells, counts_guesses: choice.withGuesses, columns: ["parent_license", "child_license", ...COUNTS] }), {
    name: "license_matrix", context, content: cells.length ? grid() : null, controls: h("div", { class: "choices" }, addressed(context, redraw, "Relation", "relation", choice.relation, RELATIONS), guessSwitch(context, redraw)),
    key: h("ul", { class: "key" }, entry("fits", "", "var(--c1)"), entry("conflict (hatched)", "conflict"), entry("unknown", "", "var(--unknown)"), h("li", {}, "Stronger colour: more edges")),
  });
  return [section, choice.parent && choice.child && table.rows.length ? edgesOf(examples, context, choice, byEnds.get(`${choice.parent}\n${choice.child}`)?.edges ?? 0) : null];
}

function edgesOf(table, context, { parent, child, relation, withGuesses }, count) {
  const rows = records(table).filter((row) => row.parent_license === parent && row.child_license === child && (!relation || row.relation === relation) && (withGuesses || !row.is_guessed)).slice(0, MOST_LISTED);
  const is = (column, value) => `array_to_string(${column}, ', ') = ${literal(value === "(none)" ? "" : value)}`;
  const query = `SELECT ${EDGES.join(", ")} FROM gold.license_edges WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.license_edges)
    AND ${is("parent_licenses", parent)} AND ${is("child_licenses", child)} ${relation ? `AND relation = ${literal(relation)}` : ""} ${withGuesses ? "" : "AND NOT is_guessed"} ORDER BY child_downloads_30d DESC NULLS LAST, child_id`;
  return cellList({ caption: `${parent} to ${child}`, listed: part(table, { rows, columns: EDGES }), count, unit: "edge", isSum: [parent, child].includes("(other)"), query, note: " No legal advice.", name: "license_cell", context });
}

function checker(context) {
  const area = h("textarea", { rows: 5, placeholder: "owner/name, one a line", spellcheck: "false", value: (context.params.get("models") ?? "").replaceAll(",", "\n") });
  const place = h("div", { "aria-live": "polite" });
  const check = () => {
    const ids = [...new Set(area.value.split(/[\s,;]+/).filter(Boolean))];
    const joined = ids.join(",");
    context.setParams({ models: joined.length <= LONGEST_ADDRESS ? joined : null });
    fill(place, "Looking up the models …", async () => {
      if (!ids.length) return [empty("Write or paste one model a line, as owner/name.")];
      const rows = [];
      for (const id of ids.slice(0, MOST_CHECKED)) if (!context.signal.aborted) rows.push(await checked(context, id));
      offerDownload("checked_models", CHECKED, rows);
      announce(`${format.plural(rows.length, "model")} checked.`);
      const cut = ids.length > MOST_CHECKED ? `The first ${MOST_CHECKED} of ${format.number(ids.length)} models. ` : "";
      return [dataTable({ columns: CHECKED, rows, note: `${cut}The path is the longest declared one from a root. A licence that fits its parents' need not allow commercial use, which is the strictest answer of all. No legal advice.` }, { name: "checked", caption: "Checked models", params: context.params, setParams: context.setParams, shown: MOST_CHECKED }),
        boms(context, rows.filter((row) => row[1] !== "not found").map((row) => row[0]))];
    });
  };
  if (area.value) check();
  return h("section", { class: "figure" }, h("h2", {}, "Check a list of models"), h("p", { class: "note" }, "Whether each model may be used commercially, and whether its licence fits those of its parents, with the evidence."),
    h("label", { class: "field" }, h("span", {}, "Models, one a line"), area), h("p", {}, h("button", { type: "button", class: "primary", onclick: check }, "Check")), place);
}

async function checked({ data, manifest }, id) {
  let facts = null;
  let reason = "not in these data";
  try {
    const found = await data.model(id);
    facts = found && { ...found, ancestry: await ancestry(found, id, data, manifest) };
  } catch (error) { reason = error.message; }
  if (!facts) return [id, "not found", reason, null, null, null, null, null, null];
  const chain = facts.license_chain;
  const edges = facts.license_edges ?? [];
  const worst = edges.find((edge) => edge.verdict === "conflict") ?? edges.find((edge) => edge.verdict === "unknown") ?? edges[0];
  const evidence = edges.map((edge) => `${edge.relation} of ${edge.parent_id} by ${format.words(edge.evidence)}: ${format.verdict(edge.verdict)}${edge.is_guessed ? " (guessed)" : ""}`).join("; ");
  return [facts.model_id, ...commercialUse(facts, manifest), chain?.worst_verdict ?? worst?.verdict ?? "no listed parent", declaredLicenses(facts) || "none declared", chain?.path.join(" → ") ?? null,
    chain ? chain.licenses.map((one) => one || "none").join(" → ") : null, evidence || "no edge to a listed parent", chain?.path[0] ?? facts.lineage?.root_ids?.[0] ?? null];
}

function boms(context, ids) {
  if (!ids.length) return null;
  if (!context.manifest.server) return h("p", { class: "note" }, "A bill of materials for each model needs the local server, hublake explore, or hublake bom OWNER/NAME.");
  const get = (id, place) => fill(place, "Writing the bill of materials …", async () => {
    const response = await fetch(`api/bom?${new URLSearchParams({ id })}`);
    if (!response.ok) throw new Error((await response.json()).error);
    save(`${id.replaceAll("/", "__")}.cdx.json`, await response.blob());
    return [];
  });
  return h("details", { class: "sheet" }, h("summary", {}, "Bills of materials (CycloneDX)"), h("ul", {}, ids.map((id) => {
    const place = h("div", {});
    return h("li", {}, h("a", { href: modelAddress(id) }, id), " ", h("button", { type: "button", class: "link", onclick: () => get(id, place) }, `Download BOM of ${id}`), place);
  })));
}
