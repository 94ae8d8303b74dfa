import { announce, choice, h } from "../dom.js";
import { offerDownload } from "../download.js";
import { format } from "../format.js";
import { dataTable } from "../table.js";
import { part, records } from "../charts.js";
import { addressed, fill, redrawn, showPage } from "./frame.js";

export const title = "Data";

const LAYERS = ["gold", "silver", "bronze", "all"].map((name) => [name, name]);
const LONGEST_ADDRESS = 1500; // of a query; longer ones stay out of it

export function render(element, context) {
  return showPage(element, context, "data", {
    tables: (table, { columns }, content) => [redrawn((redraw) => tableList(table, columns, content.snippets, context, redraw)), sqlBox(content, context)],
    columns: () => null,
  });
}

function tableList(table, columns, snippets, context, redraw) {
  const layer = context.params.get("layer") ?? "gold";
  const words = (context.params.get("words") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const all = records(table);
  const described = records(columns);
  const text = (row) => [row.table, row.meaning, ...described.filter((one) => one.table === row.table).map((one) => one.column)].join(" ").toLowerCase();
  const rows = all.filter((row) => (layer === "all" || row.table.startsWith(`${layer}.`)) && words.every((word) => text(row).includes(word)));
  const input = h("input", { type: "search", value: context.params.get("words") ?? "", placeholder: "words of a name, a meaning or a column", maxlength: 100, onchange: () => { context.setParams({ words: input.value.trim() || null }); redraw(); } });
  const shown = part(table, { rows, columns: ["table", "meaning", "rows", "version", "published_at", "state"] });
  const chosen = all.find((row) => row.table === context.params.get("table"));
  offerDownload("tables", shown.columns, shown.rows);
  return [h("section", { class: "figure" }, h("h2", {}, `Tables (${format.number(rows.length)} of ${format.number(all.length)})`), h("p", { class: "note" }, "Press a table for its columns and for snippets that read it."),
    h("div", { class: "choices" }, addressed(context, redraw, "Layer", "layer", layer, LAYERS), h("label", { class: "choice" }, h("span", {}, "Contains"), input)),
    dataTable({ ...shown, note: `Source: ${table.source}.` }, { name: "tables", caption: "Tables", params: context.params, setParams: context.setParams, shown: 15,
      onRow: (row) => { context.setParams({ table: row[0] }); redraw(); document.getElementById("chosen-table").focus(); }, marked: (row) => row[0] === chosen?.table })),
  chosen ? details(chosen, part(columns, { rows: described.filter((row) => row.table === chosen.table), columns: ["column", "meaning", "type", "is_key"] }), snippets, context) : null];
}

function details(chosen, listed, snippets, context) {
  offerDownload("columns", listed.columns, listed.rows);
  const code = h("code", {});
  const names = Object.keys(snippets);
  const show = (name) => { code.textContent = snippets[name].replaceAll("{table}", chosen.table).replaceAll("{path}", chosen.table.replace(".", "/")); };
  const first = names.includes(context.params.get("with")) ? context.params.get("with") : names[0];
  show(first);
  const copy = h("button", { type: "button", onclick: async () => {
    try { await navigator.clipboard.writeText(code.textContent); announce("Copied."); copy.textContent = "Copied"; } catch { copy.textContent = "Select the text to copy it"; }
  } }, "Copy");
  const guesses = chosen.counts_guesses ? " Its figures count edges that nobody declared as well." : "";
  return h("section", { class: "figure" }, h("h2", { id: "chosen-table", tabindex: "-1" }, chosen.table), h("p", {}, `${chosen.meaning}. ${chosen.one_row_per.replace(/^./, (letter) => letter.toUpperCase())}.${guesses}`),
    dataTable({ ...listed, note: null }, { name: "columns", caption: `Columns of ${chosen.table}`, params: context.params, setParams: context.setParams, shown: 100 }),
    h("div", { class: "choices" }, choice("Read it with", first, names.map((name) => [name, name]), (name) => { context.setParams({ with: name }); show(name); }), copy), h("pre", { tabindex: "0", role: "region", "aria-label": "Snippet" }, code),
    h("p", { class: "note" }, listed.note));
}

function sqlBox({ example, note }, context) {
  const heading = h("h2", {}, "Ask the tables by SQL");
  if (!context.manifest.server) return h("section", { class: "figure" }, heading, h("p", { class: "note" }, "Queries need the local server: hublake explore. Without it: hublake sql."));
  const place = h("div", { "aria-live": "polite" });
  const area = h("textarea", { rows: 7, spellcheck: "false", maxlength: 20_000, value: context.params.get("q") ?? example, onkeydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run(); } });
  function run() {
    context.setParams({ q: area.value.length <= LONGEST_ADDRESS ? area.value.trim() : null });
    fill(place, "Running …", async () => answer(await context.data.sql(area.value.trim()), context));
  }
  if (context.params.get("q")) run();
  return h("section", { class: "figure" }, heading, h("p", { class: "note" }, note),
    h("label", { class: "field" }, h("span", {}, "Query"), area), h("p", {}, h("button", { type: "button", class: "primary", onclick: run }, "Run")), place);
}

function answer({ columns, rows, truncated }, context) {
  const type = (name, at) => (/(^|_)share(_low|_high)?$/.test(name) ? "share" : /^(model|child|parent|root)_id$/.test(name) ? "model" : rows.some((row) => typeof row[at] === "number") ? "number" : rows.some((row) => typeof row[at] === "boolean") ? "boolean" : "text");
  const typed = columns.map((name, at) => ({ name, label: name, type: type(name, at) }));
  offerDownload("query", typed, rows);
  return [dataTable({ columns: typed, rows }, { name: "query", caption: "Result", params: context.params, setParams: context.setParams }), h("p", { class: "note" }, `${truncated ? "The first " : ""}${format.plural(rows.length, "row")}.`)];
}
