// Licences: parent to derivative with verdicts, each cell a list; and a list of models checked at once.

import { announce, choice, empty, h, modelAddress } from "../dom.js";
import { save, offerDownload } from "../download.js";
import { format } from "../format.js";
import { dataTable } from "../table.js";
import { colours, distinct, figure, guessSwitch, intervals, legend, lines, matrix, multiples, bars, part, records, refill, totals } from "../charts.js";

export const title = "Licences";
export const method = "licenses";
export const doesNotSay = [
  "Verdicts follow published rules on what licences are known to say. They are no legal advice.",
  "A licence that nobody declares is unknown: that is not a conflict.",
  "A licence of a dataset is judged nowhere: whether it extends to weights is unsettled.",
];

const RELATIONS = [["", "all relations"], ["finetune", "finetune"], ["adapter", "adapter"], ["quantized", "quantized"], ["merge", "merge"]];
const COUNTS = ["edges", "conflicts", "undecided", "edges_guessed", "conflicts_guessed", "undecided_guessed", "downloads_30d"];
const MOST_CHECKED = 200;
const LONGEST_ADDRESS = 1500; // of the checked models; longer lists stay out of it

export async function render(element, context) {
  const { tables } = await context.data.page("licenses");
  const holder = h("div", { class: "group" });
  const draw = () => refill(holder, () => matrixWithList(tables, context, draw));
  draw();
  element.append(
    h("header", {}, h("h1", {}, title), h("p", { class: "lead" }, "What becomes of a model's licence in what others derive from it, by published rules: allowed, in conflict, or unknown.")),
    holder, checker(context), ...charts(tables, context),
  );
}

function matrixWithList(tables, context, redraw) {
  const table = tables.matrix;
  const relation = context.params.get("relation") ?? "";
  const withGuesses = context.params.get("guesses") !== "0";
  const found = (row) => !relation || row.relation === relation;
  const less = (row) => (withGuesses ? row : { ...row, edges: row.edges - row.edges_guessed, conflicts: row.conflicts - row.conflicts_guessed, undecided: row.undecided - row.undecided_guessed });
  const cells = totals(records(table).filter(found).map(less), ["parent_license", "child_license"], COUNTS).filter((row) => row.edges > 0);
  const controls = h("div", { class: "choices" },
    choice("Relation", relation, RELATIONS, (value) => { context.setParams({ relation: value || null }); redraw(); }), guessSwitch(context, redraw));
  const shown = part(table, { rows: cells, counts_guesses: withGuesses, columns: ["parent_license", "child_license", "edges", "conflicts", "undecided", "downloads_30d"] });
  if (!cells.length) return [figure(shown, { name: "license_matrix", context, controls })];
  const bySize = (name) => distinct(totals(cells, [name], ["edges"]).toSorted((a, b) => last(a[name]) - last(b[name]) || b.edges - a.edges), name);
  const byEnds = new Map(cells.map((row) => [`${row.parent_license}\n${row.child_license}`, row]));
  const [parent, child] = [context.params.get("parent"), context.params.get("child")];
  const grid = matrix({
    caption: `Rows: licence of the parent. Columns: licence of the derivative. ${format.number(sum(cells, "edges"))} edges, ${format.number(sum(cells, "conflicts"))} in conflict, ${format.number(sum(cells, "undecided"))} unknown. Press a cell for its edges.`,
    corner: "parent ↓ derivative →", rows: bySize("parent_license"), columns: bySize("child_license"),
    cell: (row, column) => byEnds.get(`${row}\n${column}`), count: (row) => row.edges,
    parts: (row) => [["allowed", row.edges - row.conflicts - row.undecided], ["conflict", row.conflicts], ["undecided", row.undecided]],
    describe: (row, column, cell) => `${row} to ${column}: ${format.number(cell.edges)} edges, of these ${format.number(cell.edges - cell.conflicts - cell.undecided)} allowed, ${format.number(cell.conflicts)} in conflict, ${format.number(cell.undecided)} unknown`,
    selected: (row, column) => row === parent && column === child,
    onselect: (row, column) => { context.setParams({ parent: row, child: column }); redraw(); document.getElementById("cell-list")?.focus(); },
  });
  const section = figure(shown, { name: "license_matrix", context, controls, key: verdictLegend(), content: grid });
  return parent && child ? [section, cellList(tables.examples, context, { parent, child, relation, withGuesses })] : [section];
}

const last = (name) => (name === "(other)" ? 2 : name === "(none)" ? 1 : 0);
const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0);

function verdictLegend() {
  const entry = (text, kind, value) => h("li", {}, h("span", { class: `swatch ${kind}`, style: { "--swatch": value } }), text);
  return h("ul", { class: "key" }, entry("allowed", "", "var(--c1)"), entry("conflict (hatched)", "conflict", null), entry("unknown", "", "var(--unknown)"), h("li", {}, "Darker cells: more edges"));
}

function cellList(table, context, { parent, child, relation, withGuesses }) {
  const kept = table.rows.length ? records(table).filter((row) => row.parent_license === parent && row.child_license === child && (!relation || row.relation === relation) && (withGuesses || !row.is_guessed)) : [];
  const heading = h("h2", { id: "cell-list", tabindex: "-1" }, `${parent} to ${child}`);
  const place = h("div", {});
  const columns = ["child_id", "parent_id", "relation", "verdict", "clause", "evidence", "is_guessed", "child_downloads_30d"];
  const show = (listed, note) => {
    offerDownload("license_cell", listed.columns, listed.rows);
    place.replaceChildren(listed.rows.length ? dataTable(listed, { name: "cell", caption: `${parent} to ${child}`, params: context.params, setParams: context.setParams }) : empty("None of the 20 most downloaded edges of this cell is in the selection."), h("p", { class: "note" }, note));
  };
  show({ ...part(table, { rows: kept, columns }), note: null }, "The most downloaded of the cell, at most 20. Verdicts are no legal advice.");
  const isSum = parent === "(other)" || child === "(other)";
  const all = h("button", { type: "button", onclick: async () => {
    all.disabled = true;
    try {
      const result = await context.data.sql(cellQuery(parent, child, relation, withGuesses));
      const typed = result.columns.map((name) => table.columns.find((column) => column.name === name) ?? { name, type: "text", label: name });
      all.remove();
      show({ columns: typed, rows: result.rows }, result.truncated ? "The first 1,000 edges by downloads." : `All ${format.number(result.rows.length)} edges.`);
    } catch (error) {
      place.append(h("p", { class: "message error", role: "alert" }, error.message));
      all.disabled = false;
    }
  } }, "List all edges, up to 1,000");
  const more = isSum ? h("p", { class: "note" }, "(other) sums up the licences with fewer edges.") : context.manifest.server ? all : h("p", { class: "note" }, "The complete list needs the local server: hublake explore.");
  return h("section", { class: "figure" }, heading, place, more);
}

const literal = (text) => `'${text.replaceAll("'", "''")}'`;

function cellQuery(parent, child, relation, withGuesses) {
  const is = (column, value) => `array_to_string(${column}, ', ') = ${literal(value === "(none)" ? "" : value)}`;
  return `SELECT child_id, parent_id, relation, verdict, clause, evidence, is_guessed, child_downloads_30d FROM gold.license_edges
    WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.license_edges) AND ${is("parent_licenses", parent)} AND ${is("child_licenses", child)}
    ${relation ? `AND relation = ${literal(relation)}` : ""} ${withGuesses ? "" : "AND NOT is_guessed"} ORDER BY child_downloads_30d DESC NULLS LAST, child_id`;
}

// A list of models, checked at once.

const CHECKED = [
  ["model_id", "model"], ["verdict", "words"], ["clause", "words"], ["licenses", "text"], ["path", "text"], ["licenses_on_path", "text"], ["evidence", "text"], ["root_id", "model"],
].map(([name, type]) => ({ name, type, label: name.replace(/_id$/, "").replaceAll("_", " ") }));

function checker(context) {
  const area = h("textarea", { rows: 5, placeholder: "owner/name, one a line", spellcheck: "false", value: (context.params.get("models") ?? "").split(",").filter(Boolean).join("\n") });
  const place = h("div", { "aria-live": "polite" });
  const check = async () => {
    const ids = [...new Set(area.value.split(/[\s,;]+/).filter(Boolean))];
    if (!ids.length) return place.replaceChildren(empty("Write or paste one model a line, as owner/name."));
    const joined = ids.join(",");
    context.setParams({ models: joined.length <= LONGEST_ADDRESS ? joined : null });
    place.replaceChildren(h("p", { class: "message loading" }, `Looking up ${format.plural(Math.min(ids.length, MOST_CHECKED), "model")} …`));
    const rows = [];
    for (const id of ids.slice(0, MOST_CHECKED)) {
      if (context.signal.aborted) return undefined;
      rows.push(await checked(context.data, id));
    }
    const listed = { columns: CHECKED, rows };
    offerDownload("checked_models", CHECKED, rows);
    announce(`${format.plural(rows.length, "model")} checked.`);
    place.replaceChildren(
      dataTable(listed, { name: "checked", caption: "Checked models", params: context.params, setParams: context.setParams, shown: MOST_CHECKED }),
      h("p", { class: "note" }, `${ids.length > MOST_CHECKED ? `The first ${MOST_CHECKED} of ${format.number(ids.length)} models. ` : ""}The path is the longest declared one from a root; the verdict is the worst on it. No legal advice.`),
      boms(context, rows.filter((row) => row[1] !== "not found").map((row) => row[0])),
    );
    return undefined;
  };
  if (context.params.get("models")) check();
  return h("section", { class: "figure" }, h("h2", {}, "Check a list of models"), h("p", { class: "note" }, "For each model: its root, the licences on the way, the verdict and what it rests on."),
    h("label", { class: "field" }, h("span", {}, "Models, one a line"), area), h("p", {}, h("button", { type: "button", class: "primary", onclick: check }, "Check")), place);
}

async function checked(data, id) {
  let facts = null;
  let reason = "not in these data";
  try { facts = await data.model(id); } catch (error) { reason = error.message; }
  if (!facts) return [id, "not found", null, null, null, null, reason, null];
  const chain = facts.license_chain;
  const edges = facts.license_edges ?? [];
  const worst = edges.find((edge) => edge.verdict === "conflict") ?? edges.find((edge) => edge.verdict === "unknown") ?? edges[0];
  const own = chain ? chain.licenses.at(-1) : (facts.tables?.["silver.model_licenses"]?.map((row) => row.comparable_license) ?? facts.documentation?.card?.licenses ?? []).join(", ");
  const evidence = edges.map((edge) => `${edge.relation} of ${edge.parent_id} by ${edge.evidence}: ${edge.verdict}${edge.is_guessed ? " (guessed)" : ""}`).join("; ");
  return [
    facts.model_id, chain?.worst_verdict ?? worst?.verdict ?? "no listed parent", worst?.clause ?? null, own || "none declared", (chain?.path ?? []).join(" → ") || null,
    chain ? chain.licenses.map((one) => one || "none").join(" → ") : null, evidence || "no edge to a listed parent", chain?.path[0] ?? facts.lineage?.root_ids?.[0] ?? null,
  ];
}

function boms(context, ids) {
  if (!ids.length) return null;
  if (!context.manifest.server) return h("p", { class: "note" }, "A bill of materials for each model needs the local server: hublake explore; or hublake bom OWNER/NAME.");
  const get = (id) => async (event) => {
    const button = event.currentTarget;
    try {
      const response = await fetch(`api/bom?${new URLSearchParams({ id })}`);
      if (!response.ok) throw new Error((await response.json().catch(() => ({}))).error ?? `status ${response.status}`);
      save(`${id.replaceAll("/", "__")}.cdx.json`, await response.blob());
    } catch (error) {
      button.after(h("span", { class: "note", role: "alert" }, ` ${error.message}`));
    }
  };
  return h("details", { class: "sheet" }, h("summary", {}, "Bills of materials (CycloneDX)"), h("ul", {}, ids.map((id) => h("li", {}, h("a", { href: modelAddress(id) }, id), " ", h("button", { type: "button", class: "link", onclick: get(id) }, `Download BOM of ${id}`)))));
}

function charts(tables, context) {
  const propagation = records(tables.propagation);
  const years = records(tables.by_year);
  const families = distinct(totals(years, ["family"], ["models"]).toSorted((a, b) => b.models - a.models), "family");
  const adoption = records(tables.adoption).filter((row) => row.adjusted_ratio !== null && row.adjusted_low > 0);
  const clauses = records(tables.clauses);
  const ofClauses = distinct(totals(clauses, ["clause"], ["edges"]).toSorted((a, b) => b.edges - a.edges), "clause");
  const scale = colours(distinct(clauses, "relation"));
  return [
    figure(tables.clauses, { name: "conflicts_by_clause", context, key: legend(scale), label: "Bars: declared edges in conflict, by clause and relation.",
      draw: bars(clauses.toSorted((a, b) => ofClauses.indexOf(a.clause) - ofClauses.indexOf(b.clause)), { value: "edges", label: "clause", by: "relation", scale, xLabel: "declared edges" }) }),
    figure(tables.parents, { name: "parents_in_conflict", context, shown: 15 }),
    figure(tables.propagation, { name: "licenses_kept", context, label: "One small chart for each relation: share of derivatives that declare a licence, with 95 % intervals.", title: "How often a derivative declares a licence, by generation",
      draw: multiples(propagation, { by: "relation", x: "generation", y: "declared_share", low: "declared_share_low", high: "declared_share_high", xLabel: "generation", dots: true }) }),
    figure(tables.adoption, { name: "licenses_adopted", context, title: "Do others build more on models under a licence?", label: "Points: odds of having a derivative, against other licences, like with like, with 95 % intervals; 1 is no difference.",
      draw: intervals(adoption, { value: "adjusted_ratio", low: "adjusted_low", high: "adjusted_high", label: "license", type: "number", xType: "log", reference: 1, xLabel: "adjusted ratio (1: no difference)", note: (row) => `${format.number(row.models)} models, compared for ${format.share(row.compared_share)}` }) }),
    figure(tables.by_year, { name: "license_families_by_year", context, key: legend(colours(families)), label: "Lines: share of each family of licences among the year's models with a licence, with 95 % intervals.",
      draw: lines(years.map((row) => ({ ...row, year: `${row.year}-01` })), { x: "year", y: "model_share", low: "share_low", high: "share_high", by: "family", scale: colours(families), yLabel: "of models with a licence", dots: true }) }),
    figure(tables.first_conflicts, { name: "first_conflicts", context, label: "Bars: models by worst verdict and generation of the first conflict.",
      draw: bars(records(tables.first_conflicts), { value: "models", label: "first_conflict", xLabel: "models with a declared parent" }) }),
    figure(tables.catalogue, { name: "license_catalogue", context, shown: 15 }),
  ];
}
