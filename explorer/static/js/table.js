import { announce, authorAddress, datasetAddress, empty, familyAddress, h, modelAddress } from "./dom.js";
import { format, formatted, valueOf } from "./format.js";

const NUMERIC = new Set(["number", "compact", "share"]);
const SHOWN = 50;
const LINKED = {
  ...Object.fromEntries(["author", "parent_author", "child_author"].map((name) => [name, authorAddress])),
  ...Object.fromEntries(["dataset_id", "resolved_id", "parent_dataset", "child_dataset"].map((name) => [name, datasetAddress])),
};

/** Columns from "name:type:label; ..."; a label that is left out is the name in words. */
export const columnsOf = (text) => text.split("; ").map((one) => {
  const [name, type, label] = one.split(":");
  return { name, type, label: label ?? format.words(name.replace("_id", "")).replace(/^./, (letter) => letter.toUpperCase()) };
});

/** The address of the page of a value, or of what `targets` has for it, if it has one; (others) has none. */
export function pageOf(value, { name, type, targets }) {
  if (targets) value = valueOf(targets, value);
  if (typeof value !== "string" || !value || value.startsWith("(")) return null;
  return ({ model: modelAddress, family: familyAddress, author: authorAddress }[type] ?? LINKED[name])?.(value) ?? null;
}

/**
 * `table` is {columns: [{name, type, label}], rows: [[...]], note}; `name` is in the address as sort.<name>; onRow(row) makes the first cell a
 * button, marked(row) highlights a row.
 */
export function dataTable(table, { name, caption, params, setParams, onRow, marked, shown = SHOWN } = {}) {
  if (!table.rows.length) return empty("No rows.");
  const key = `sort.${name}`;
  const [column, direction] = (params?.get(key) ?? "").split(",");
  const state = { column: table.columns.findIndex((one) => one.name === column), descending: direction === "desc", limit: shown };
  const body = h("tbody");
  const more = h("button", { type: "button", class: "quiet", onclick: () => { state.limit = Infinity; draw(); } });
  const headings = table.columns.map((one, index) => h("th", { scope: "col", class: NUMERIC.has(one.type) ? "number" : null },
    h("button", { type: "button", class: "sort", title: one.meaning || null, onclick: () => sort(index) }, one.label ?? one.name)));

  function sort(index) {
    const first = NUMERIC.has(table.columns[index].type);
    state.descending = state.column === index ? !state.descending : first;
    state.column = index;
    setParams?.({ [key]: `${table.columns[index].name},${state.descending ? "desc" : "asc"}` });
    draw();
    announce(`Sorted by ${table.columns[index].label ?? table.columns[index].name}, ${state.descending ? "descending" : "ascending"}.`);
  }

  function draw() {
    const rows = sorted(table.rows, state.column, state.descending);
    headings.forEach((cell, index) => {
      if (index === state.column) cell.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    body.replaceChildren(...rows.slice(0, state.limit).map((row) => h("tr", { class: marked?.(row) ? "marked" : null },
      row.map((value, position) => cell(value, table.columns[position], position === 0 && onRow ? () => onRow(row) : null, position)))));
    more.hidden = rows.length <= state.limit;
    more.textContent = `Show all ${format.number(rows.length)} rows`;
  }

  draw();
  return h("div", { class: "table" },
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table: ${caption ?? name}` },
      h("table", {}, caption ? h("caption", {}, caption) : null, h("thead", {}, h("tr", {}, headings)), body)),
    more, table.note ? h("p", { class: "note" }, table.note) : null);
}

function sorted(rows, column, descending) {
  if (column < 0) return rows;
  const sign = descending ? -1 : 1;
  const isUnknown = (value) => value === null || value === undefined;
  return rows.toSorted((one, other) => {
    const [a, b] = [one[column], other[column]];
    if (isUnknown(a) || isUnknown(b)) return isUnknown(a) - isUnknown(b);
    return sign * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en"));
  });
}

function cell(value, column, onclick, position) {
  const text = formatted(value, column.type);
  const isUnknown = value === null || value === undefined || value === "";
  const address = pageOf(value, column);
  const content = onclick ? h("button", { type: "button", class: "link", onclick }, text)
    : address ? h("a", { href: address }, text) : text;
  return h(position === 0 ? "th" : "td", { scope: position === 0 ? "row" : null, class: NUMERIC.has(column.type) ? "number" : isUnknown ? "unknown" : null }, content);
}
