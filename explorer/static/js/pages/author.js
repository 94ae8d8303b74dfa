import { DataError } from "../data.js";
import { empty, figures, h } from "../dom.js";
import { offerDownload } from "../download.js";
import { format } from "../format.js";
import { names as loadNames } from "../names.js";
import { columnsOf, dataTable } from "../table.js";

export const title = "An author";

const COLUMNS = columnsOf("model_id:model; pipeline_tag:text:Task; created_at:date:Created; downloads_30d:number:Downloads, 30 days; likes:number");

export async function render(element, { id, data, manifest, params, setParams }) {
  const { columns, rows, total, note } = manifest.server ? await all(id, data) : await connected(id);
  if (!total) throw new DataError(`No ${manifest.server ? "" : "connected "}model of this snapshot has a name that begins with “${id.slice(0, 200)}/”.`);
  offerDownload("models_of_author", columns, rows);
  element.append(h("header", {}, h("h1", {}, id), h("p", { class: "lead" }, "The models of one author.")), figures([["Models", format.number(total), note]]),
    rows.length ? dataTable({ columns, rows }, { name: "models", caption: `Models of ${id}`, params, setParams }) : empty("No rows."));
}

async function all(author, data) {
  if (!author) return { total: 0 };
  const { rows, total, source } = await data.list({ table: "silver.models", author, columns: [...COLUMNS.map(({ name }) => name), "is_created_at_floor"].join(), sort: "-downloads_30d" });
  const dated = rows.map(([model, task, created, downloads, likes, isOlder]) => [model, task, isOlder ? "before March 2022" : created, downloads, likes]);
  return { columns: COLUMNS, rows: dated, total, note: `${total > rows.length ? `the ${format.number(rows.length)} most downloaded are listed; ` : ""}source: ${source}` };
}

/** A static folder has the names of the connected models alone. */
async function connected(author) {
  const names = await loadNames();
  const rows = names.search(`${author}/`, Infinity).map((index) => [names.name(index)]).filter(([name]) => author && name.startsWith(`${author}/`));
  return { columns: COLUMNS.slice(0, 1), rows, total: rows.length, note: "connected models, by impact; the local server of the explorer lists the others" };
}
