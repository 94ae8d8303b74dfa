import { h } from "../dom.js";
import { format } from "../format.js";
import { figure, part, ranked, records } from "../charts.js";
import { cellList, countsGuesses, guessSwitch, literal, matrix, redrawn, showPage } from "./frame.js";

export const title = "Vendors";
export const method = "vendors";

const MODELS = ["child_id", "parent_id", "relation", "evidence", "downloads_30d"];
const MOST_LISTED = 20; // models of a cell, as in explorer/data/pages/vendors.py
const DAY = "snapshot_date = (SELECT max(snapshot_date) FROM silver.lineage_edges)";

export function render(element, context) {
  return showPage(element, context, "vendors", {
    flow: (table, { flow_models: models }) => redrawn((redraw) => exchange(table, models, context, redraw)),
    flow_models: () => null,
  });
}

function exchange(table, models, context, redraw) {
  const withGuesses = countsGuesses(context);
  const [parent, child] = [context.params.get("parent"), context.params.get("child")];
  const rows = records(table).map((row) => (withGuesses ? row : { ...row, models: row.models - row.models_guessed })).filter((row) => row.models > 0);
  const cells = new Map(rows.map((row) => [`${row.parent_author}\n${row.child_author}`, row]));
  const order = (name) => ranked(rows, name, "models", ["(itself)", "(others)"]);
  const content = () => matrix({
    caption: "Rows: whose models are derived from. Columns: who derives. Press a cell for its models.", corner: "parent ↓ derived by →", rows: order("parent_author"), columns: order("child_author"),
    cell: (row, column) => cells.get(`${row}\n${column}`), count: (row) => row.models, describe: (row, column, cell) => `From ${row} by ${column}: ${format.plural(cell.models, "model")}`,
    selected: (row, column) => row === parent && column === child,
    onselect: (row, column) => { context.setParams({ parent: row, child: column, all: null }); redraw(); document.getElementById("cell-list").focus(); },
  });
  return [figure(part(table, { rows, counts_guesses: withGuesses, columns: ["parent_author", "child_author", "models", "downloads_30d"] }),
    { name: "flow", context, controls: h("div", { class: "choices" }, guessSwitch(context, redraw)), content: rows.length ? content() : null }),
  parent && child && models.rows.length ? modelsOf(models, context, parent, child, withGuesses, cells.get(`${parent}\n${child}`)?.models ?? 0) : null];
}

function modelsOf(table, context, parent, child, withGuesses, count) {
  const rows = records(table).filter((row) => row.parent_author === parent && row.child_author === child && (withGuesses || !row.is_guessed)).slice(0, MOST_LISTED);
  const owner = (name) => literal({ "(canonical)": "", "(itself)": parent === "(canonical)" ? "" : parent }[name] ?? name);
  const query = `SELECT ${MODELS.join(", ")} FROM silver.lineage_edges AS edges
    JOIN (SELECT model_id AS child_id, author AS child_author, downloads_30d FROM silver.models WHERE ${DAY}) USING (child_id)
    JOIN (SELECT model_id AS parent_id, author AS parent_author FROM silver.models WHERE ${DAY}) USING (parent_id)
    WHERE ${DAY} AND NOT is_self_loop AND coalesce(parent_author, '') = ${owner(parent)} AND coalesce(child_author, '') = ${owner(child)}
    ${withGuesses ? "" : `AND evidence NOT IN (${context.manifest.guessed_evidence.map(literal).join(", ")})`}
    QUALIFY row_number() OVER (PARTITION BY child_id, relation ORDER BY confidence DESC, parent_id) = 1 ORDER BY downloads_30d DESC NULLS LAST, child_id, relation`;
  return cellList({ caption: `${child} from ${parent}`, listed: part(table, { rows, columns: MODELS }), count, unit: "model", isSum: [parent, child].includes("(others)"), query, note: " Of several parents, the one with the strongest evidence.", name: "vendor_cell", context });
}
