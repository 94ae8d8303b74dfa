// Data: the tables with their meaning, checks, rejected records, builds, snippets and SQL.

import { announce, choice, h } from "../dom.js";
import { offerDownload } from "../download.js";
import { format } from "../format.js";
import { dataTable } from "../table.js";
import { bars, figure, legend, part, records, refill } from "../charts.js";

export const title = "Data";
export const method = "README";
export const doesNotSay = ["A check that is met shows that its rule holds. It does not show that the table is right.", "Row counts are those of the newest snapshot that was published."];

const SNIPPETS = {
  Python: (table) => `import hublake\n\nlake = hublake.open("warehouse")\nrows = lake.table("${table}").to_polars()  # or .to_pandas(), .to_arrow()`,
  Shell: (table) => `hublake sql "SELECT * FROM ${table} LIMIT 10" --warehouse warehouse`,
  DuckDB: (table) => `INSTALL delta;\nLOAD delta;\nSELECT * FROM delta_scan('warehouse/${table.replace(".", "/")}') LIMIT 10;`,
  Polars: (table) => `import polars as pl\n\nrows = pl.scan_delta("warehouse/${table.replace(".", "/")}").head(10).collect()`,
  Spark: (table) => `rows = spark.read.format("delta").load("warehouse/${table.replace(".", "/")}")\nrows.show(10)`,
};
const EXAMPLE = "SELECT relation, count(*) AS edges\nFROM silver.lineage_edges\nGROUP BY relation\nORDER BY edges DESC";

export async function render(element, context) {
  const { tables } = await context.data.page("data");
  const list = h("div", {});
  const draw = () => refill(list, () => tableList(tables, context, draw));
  draw();
  const quarantine = records(tables.quarantine);
  element.append(
    h("header", {}, h("h1", {}, title), h("p", { class: "lead" }, "Every figure of these pages is from a published table. This is what the tables mean, how their checks ended, and how to read them yourself.")),
    list, sqlBox(context), gates(tables, context),
    figure(tables.broken, { name: "broken_checks", context, shown: 15, none: "No check is broken." }),
    figure(tables.quarantine, { name: "quarantine", context, none: "No record was rejected.", label: "Bars: rejected records by rule.", draw: bars(quarantine.slice(0, 20).map((row) => ({ ...row, of: `${row.table_name}: ${row.rule.replaceAll("_", " ")}` })), { value: "records", label: "of", text: String, xLabel: "records" }) }),
    figure(tables.builds, { name: "builds", context, shown: 10 }),
  );
}

function tableList(tables, context, redraw) {
  const layer = context.params.get("layer") ?? "gold";
  const words = (context.params.get("words") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const all = records(tables.tables);
  const columns = records(tables.columns);
  const text = (row) => `${row.table} ${row.meaning} ${columns.filter((column) => column.table === row.table).map((column) => column.column).join(" ")}`.toLowerCase();
  const rows = all.filter((row) => (layer === "all" || row.table.startsWith(`${layer}.`)) && words.every((word) => text(row).includes(word)));
  const input = h("input", { type: "search", value: context.params.get("words") ?? "", placeholder: "words of a name, a meaning or a column", maxlength: 100,
    onchange: () => { context.setParams({ words: input.value.trim() || null }); redraw(); } });
  const controls = h("div", { class: "choices" }, choice("Layer", layer, [["gold", "gold"], ["silver", "silver"], ["bronze", "bronze"], ["all", "all layers"]], (value) => { context.setParams({ layer: value }); redraw(); }), h("label", { class: "choice" }, h("span", {}, "Contains"), input));
  const shown = part(tables.tables, { rows, columns: ["table", "meaning", "rows", "version", "published_at", "state"] });
  const chosen = all.find((row) => row.table === context.params.get("table"));
  const section = figure(shown, { name: "tables", context, controls, title: `Tables (${format.number(rows.length)} of ${format.number(all.length)})`, note: "Press a table for its columns and for snippets that read it." });
  const grid = section.querySelector(".table");
  grid?.replaceWith(dataTable({ ...shown, note: null }, { name: "tables", caption: "Tables", params: context.params, setParams: context.setParams, shown: 15,
    onRow: (row) => { context.setParams({ table: row[0] }); redraw(); document.getElementById("chosen-table")?.focus(); }, marked: (row) => row[0] === chosen?.table }));
  return h("div", { class: "group" }, section, chosen ? details(chosen, tables.columns, context) : null);
}

function details(chosen, table, context) {
  const rows = records(table).filter((row) => row.table === chosen.table);
  const listed = { ...part(table, { rows, columns: ["column", "type", "is_key", "meaning"] }), note: null };
  offerDownload("columns", listed.columns, listed.rows);
  const guesses = chosen.counts_guesses ? " Its figures count edges that nobody declared as well." : "";
  return h("section", { class: "figure" }, h("h2", { id: "chosen-table", tabindex: "-1" }, chosen.table), h("p", {}, `${chosen.meaning}. ${sentence(chosen.one_row_per)}.${guesses}`),
    dataTable(listed, { name: "columns", caption: `Columns of ${chosen.table}`, params: context.params, setParams: context.setParams, shown: 100 }), snippets(chosen.table, context));
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function snippets(table, context) {
  const code = h("code", {});
  const names = Object.keys(SNIPPETS);
  const first = names.includes(context.params.get("with")) ? context.params.get("with") : names[0];
  const show = (name) => { code.textContent = SNIPPETS[name](table); };
  show(first);
  const copy = h("button", { type: "button", onclick: async () => {
    try { await navigator.clipboard.writeText(code.textContent); announce("Copied."); copy.textContent = "Copied"; } catch { copy.textContent = "Select the text to copy it"; }
  } }, "Copy");
  return h("div", { class: "snippets" }, h("div", { class: "choices" }, choice("Read it with", first, names.map((name) => [name, name]), (name) => { context.setParams({ with: name }); show(name); }), copy), h("pre", { tabindex: "0", role: "region", "aria-label": "Snippet" }, code),
    h("p", { class: "note" }, "warehouse is the folder or the address of the object store. Delta's newest version may be newer than the published one; hublake reads the published one."));
}

function sqlBox(context) {
  const heading = h("h2", {}, "Ask the tables by SQL");
  if (!context.manifest.server) return h("section", { class: "figure" }, heading, h("p", { class: "note" }, "Queries need the local server: hublake explore. Without it: hublake sql."));
  const area = h("textarea", { rows: 7, spellcheck: "false", maxlength: 20_000, value: context.params.get("q") ?? EXAMPLE, onkeydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run(); } });
  const place = h("div", { "aria-live": "polite" });
  const button = h("button", { type: "button", class: "primary", onclick: () => run() }, "Run");
  async function run() {
    const query = area.value.trim();
    context.setParams({ q: query.length <= 1500 ? query : null });
    button.disabled = true;
    place.replaceChildren(h("p", { class: "message loading" }, "Running …"));
    try {
      place.replaceChildren(...answer(await context.data.sql(query), context));
    } catch (error) {
      place.replaceChildren(h("p", { class: "message error", role: "alert" }, error.message));
    }
    button.disabled = false;
  }
  if (context.params.get("q")) run();
  return h("section", { class: "figure" }, heading, h("p", { class: "note" }, "One query in DuckDB's SQL on the published versions. It can only read; it ends after 20 seconds and 1,000 rows. Ctrl+Enter runs it."),
    h("label", { class: "field" }, h("span", {}, "Query"), area), h("p", {}, button), place);
}

function answer({ columns, rows, truncated }, context) {
  const typed = columns.map((name, at) => ({ name, label: name, type: /(^|_)share(_low|_high)?$/.test(name) ? "share" : /^(model|child|parent|root)_id$/.test(name) ? "model" : rows.some((row) => typeof row[at] === "number") ? "number" : rows.some((row) => typeof row[at] === "boolean") ? "boolean" : "text" }));
  offerDownload("query", typed, rows);
  return [rows.length ? dataTable({ columns: typed, rows }, { name: "query", caption: "Result", params: context.params, setParams: context.setParams }) : h("p", { class: "message" }, "The query has no row."), h("p", { class: "note" }, `${truncated ? "The first " : ""}${format.plural(rows.length, "row")}.`)];
}

function gates(tables, context) {
  const rows = records(tables.gates);
  const total = (name) => rows.reduce((sum, row) => sum + row[name], 0);
  const parts = [["met", "met"], ["broken_critical", "broken, critical"], ["broken_warning", "broken, warning"], ["not_checked", "not checked"]].map(([name, state]) => ({ checks: "all tables", state, count: total(name) }));
  const scale = { domain: parts.map((row) => row.state), range: ["var(--c1)", "var(--c6)", "var(--c2)", "var(--unknown)"] };
  return figure(tables.gates, { name: "checks", context, shown: 15, open: true, title: `Outcomes of ${format.number(total("checks"))} checks, by table`, key: legend(scale), label: `Bar: ${parts.map((row) => `${row.count} ${row.state}`).join(", ")}.`, draw: bars(parts, { value: "count", label: "checks", by: "state", scale, xLabel: "checks" }) });
}
