import { empty, h } from "../dom.js";
import { offerDownload } from "../download.js";
import { format } from "../format.js";
import { columnsOf, dataTable } from "../table.js";
import { declared, part, records } from "../charts.js";
import { byGroup, fill, showPage } from "./frame.js";

export const title = "Datasets";
export const method = "datasets";

const DISCLOSED = { value: "disclosed_share", low: "disclosed_share_low", high: "disclosed_share_high", unit: "of models", also: ["with_dataset", "models", "downloads_disclosed_share"] };
const REACHED = columnsOf("model_id:model; declares_it:boolean:Declares it itself; downloads_30d:number:Downloads, 30 days");

export function render(element, context) {
  return showPage(element, context, "datasets", {
    users: (table, { influence }) => tainted(table, influence, context),
    disclosure: (table) => (table.rows.length ? byGroup(table, context, "disclosure", { chart: DISCLOSED, title: () => table.title }) : declared(table, context, "disclosure")),
  });
}

function tainted(users, datasets, context) {
  const input = h("input", { list: "dataset-names", value: context.params.get("dataset") ?? "", placeholder: "a dataset, or a part of its name", maxlength: 200, spellcheck: "false" });
  const place = h("div", { "aria-live": "polite" });
  const list = () => {
    const dataset = input.value.trim();
    context.setParams({ dataset: dataset || null });
    if (dataset) fill(place, "Following the lineage …", async () => (context.manifest.server ? found(dataset, context) : declaring(users, dataset, context)));
    else place.replaceChildren();
  };
  if (input.value) list();
  return h("section", { class: "figure" }, h("h2", {}, "Which models descend from a dataset?"), h("p", { class: "note" }, users.note),
    h("form", { class: "choices", onsubmit: (event) => { event.preventDefault(); list(); } }, h("label", { class: "choice" }, h("span", {}, "Dataset"), input),
      h("datalist", { id: "dataset-names" }, records(datasets).map((row) => h("option", { value: row.dataset_id }))), h("button", { class: "primary" }, "List the models")), place);
}

function listed(table, caption, context) {
  offerDownload("models_of_dataset", table.columns, table.rows);
  return dataTable(table, { name: "models", caption, params: context.params, setParams: context.setParams, shown: 25 });
}

const countOf = (count, { length }) => `${format.plural(count, "model")}${count > length ? `; the ${format.number(length)} most downloaded are listed` : ""}`;

/** What the dataset of that name reaches, else the datasets with similar names. */
async function found(text, context) {
  const { dataset, models, reached, datasets } = await context.data.reach(text);
  if (!reached) return candidates(datasets, text, context);
  return [h("p", {}, `${countOf(reached, models)}. With paths and evidence: hublake tainted --datasets ${dataset}`),
    listed({ columns: REACHED, rows: models }, `Models that descend from ${dataset}`, context)];
}

function candidates(rows, text, { params, setParams }) {
  if (!rows.length) return [empty(`No model declares a dataset with ${text} in its name for more than evaluation.`)];
  return [dataTable({ columns: columnsOf("dataset_id; models:number:Models that declare it"), rows },
    { name: "datasets", caption: `Datasets with ${text} in their name`, params, setParams, shown: 25 })];
}

function declaring(users, dataset, context) {
  const all = users.rows.length ? records(users) : [];
  const rows = all.filter((row) => row.dataset_id === dataset);
  const named = Map.groupBy(all.filter((row) => row.dataset_id.toLowerCase().includes(dataset.toLowerCase())), (row) => row.dataset_id);
  if (!rows.length && named.size) return candidates([...named].map(([name, of]) => [name, of[0].models]), dataset, context);
  return [rows.length ? h("p", {}, `${countOf(rows[0].models, rows)}.`) : "", rows.length ? listed(part(users, { rows, columns: ["model_id", "role", "source", "downloads_30d"] }), `Models that declare ${dataset}`, context) : empty(`${dataset} is not among the datasets whose models are in this folder.`),
    h("p", { class: "note" }, "The complete list, with descendants, needs the local server: hublake explore.")];
}
