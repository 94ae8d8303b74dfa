import { h } from "../dom.js";
import { format } from "../format.js";
import { figure, part, ranked, records } from "../charts.js";
import { countsGuesses, guessSwitch, matrix, redrawn, showPage } from "./frame.js";

export const title = "Vendors";
export const method = "vendors";
export let doesNotSay = [];

export async function render(element, context) {
  ({ doesNotSay } = await showPage(element, context, "vendors", { flow: (table) => redrawn((redraw) => exchange(table, context, redraw)) }));
}

function exchange(table, context, redraw) {
  const withGuesses = countsGuesses(context);
  const rows = records(table).map((row) => (withGuesses ? row : { ...row, models: row.models - row.models_guessed })).filter((row) => row.models > 0);
  const cells = new Map(rows.map((row) => [`${row.parent_author}\n${row.child_author}`, row]));
  const order = (name) => ranked(rows, name, "models", ["(itself)", "(others)"]);
  const content = () => matrix({
    caption: "Rows: whose models are derived from. Columns: who derives.", corner: "parent ↓ derived by →", rows: order("parent_author"), columns: order("child_author"),
    cell: (row, column) => cells.get(`${row}\n${column}`), count: (row) => row.models, describe: (row, column, cell) => `${format.compact(cell.models)} models of ${column} derive from ${row}`,
  });
  return figure(part(table, { rows, counts_guesses: withGuesses, columns: ["parent_author", "child_author", "models", "downloads_30d"] }),
    { name: "flow", context, controls: h("div", { class: "choices" }, guessSwitch(context, redraw)), content: rows.length ? content() : null });
}
