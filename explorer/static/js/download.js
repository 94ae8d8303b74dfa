import { h } from "./dom.js";

const FORMULA_STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"; // a spreadsheet would run such text; hublake export writes an apostrophe too
const offered = new Map();

/**
 * Offers a table for download. `columns` are names or {name}; `rows` are rows or a function that gives them when the button is pressed.
 * Without columns it withdraws the table. `isChosen` selects it in the list.
 */
export function offerDownload(name, columns, rows, { isChosen = false } = {}) {
  if (columns) offered.set(name, { columns: columns.map((column) => column.name ?? column), rows });
  else offered.delete(name);
  show();
  if (columns && isChosen) document.getElementById("download-table").value = name;
}

export function forgetDownloads() {
  offered.clear();
  show();
}

function show() {
  const bar = document.getElementById("download");
  const select = document.getElementById("download-table");
  const chosen = select.value;
  bar.hidden = offered.size === 0;
  select.replaceChildren(...[...offered.keys()].map((name) => h("option", { value: name }, name.replaceAll("_", " "))));
  if (offered.has(chosen)) select.value = chosen;
}

const cell = (value) => {
  if (value === null || value === undefined) return "";
  const isText = typeof value === "string";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const safe = isText && text !== "" && FORMULA_STARTS.includes(text[0]) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const asCsv = (columns, rows) => [columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
const asJson = (columns, rows) => JSON.stringify(rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null]))), null, 1);

export function save(filename, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  h("a", { href: address, download: filename }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function wireDownloads() {
  const saveAs = (ending, type, write) => () => {
    const name = document.getElementById("download-table").value;
    const { columns, rows } = offered.get(name);
    save(`${name.replace(/[^\w-]+/g, "_")}.${ending}`, write(columns, typeof rows === "function" ? rows() : rows), type);
  };
  document.getElementById("download-csv").addEventListener("click", saveAs("csv", "text/csv", asCsv));
  document.getElementById("download-json").addEventListener("click", saveAs("json", "application/json", asJson));
}
