import { empty, h } from "../dom.js";
import { offerDownload } from "../download.js";
import { format } from "../format.js";
import { dataTable } from "../table.js";
import { part, records } from "../charts.js";
import { byGroup, fill, literal, showPage } from "./frame.js";

export const title = "Datasets";
export const method = "datasets";
export let doesNotSay = [];

const DISCLOSED = { value: "disclosed_share", low: "disclosed_share_low", high: "disclosed_share_high", unit: "of models", also: ["with_dataset", "models", "downloads_disclosed_share"] };
const DAY = "(SELECT max(snapshot_date) FROM silver.lineage_edges)";
const REACHED = [["model_id", "model", "model"], ["declares_it", "boolean", "declares it itself"], ["downloads_30d", "number", "downloads, 30 days"]].map(([name, type, label]) => ({ name, type, label }));

export async function render(element, context) {
  ({ doesNotSay } = await showPage(element, context, "datasets", {
    users: (table, { influence }) => tainted(table, influence, context),
    disclosure: (table) => byGroup(table, context, "disclosure", { chart: DISCLOSED, title: () => table.title }),
  }));
}

const taintedQuery = (dataset) => `WITH RECURSIVE derived(dataset_id) AS (
  SELECT ${literal(dataset)}
  UNION SELECT child_dataset FROM derived JOIN silver.dataset_edges ON parent_dataset = dataset_id WHERE snapshot_date = ${DAY}
), edges AS MATERIALIZED (
  SELECT child_id, parent_id FROM silver.lineage_edges WHERE snapshot_date = ${DAY} AND parent_status <> 'missing' AND NOT is_self_loop
), declaring AS (
  SELECT DISTINCT model_id FROM silver.model_datasets WHERE snapshot_date = ${DAY} AND role <> 'eval' AND NOT is_placeholder
    AND (dataset_id IN (FROM derived) OR resolved_id IN (FROM derived))
), reached(model_id) AS (FROM declaring UNION SELECT child_id FROM reached JOIN edges ON parent_id = model_id)
SELECT model_id, model_id IN (FROM declaring) AS declares_it, downloads_30d, count(*) OVER () AS models_reached FROM reached
JOIN silver.models AS models USING (model_id) WHERE models.snapshot_date = ${DAY} ORDER BY downloads_30d DESC NULLS LAST, model_id LIMIT 1000`;

/** Datasets that models declare for more than evaluation, whose name contains a text in any letter case. */
const namedQuery = (text) => `SELECT coalesce(resolved_id, dataset_id) AS dataset, count(DISTINCT model_id) AS models FROM silver.model_datasets
WHERE snapshot_date = ${DAY} AND role <> 'eval' AND NOT is_placeholder AND contains(lower(coalesce(resolved_id, dataset_id)), lower(${literal(text)}))
GROUP BY dataset ORDER BY lower(dataset) = lower(${literal(text)}) DESC, models DESC, dataset LIMIT 50`;

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
  return h("section", { class: "figure" }, h("h2", {}, "Which models descend from a dataset?"), h("p", { class: "note" }, "Models that declare the dataset, or one that derives from it, and everything that descends from them. A claim of reach, not a proof."),
    h("form", { class: "choices", onsubmit: (event) => { event.preventDefault(); list(); } }, h("label", { class: "choice" }, h("span", {}, "Dataset"), input),
      h("datalist", { id: "dataset-names" }, records(datasets).map((row) => h("option", { value: row.dataset_id }))), h("button", { class: "primary" }, "List the models")), place);
}

function listed(table, caption, context) {
  offerDownload("models_of_dataset", table.columns, table.rows);
  return dataTable(table, { name: "models", caption, params: context.params, setParams: context.setParams, shown: 25 });
}

/** What the dataset of that name reaches, else the datasets with similar names. */
async function found(dataset, context) {
  const follow = async (name) => (await context.data.sql(taintedQuery(name))).rows;
  const rows = await follow(dataset);
  if (rows.length) return reached(rows, dataset, context);
  const named = (await context.data.sql(namedQuery(dataset))).rows;
  const [same, ...more] = named.filter(([name]) => name.toLowerCase() === dataset.toLowerCase());
  return same && !more.length ? reached(await follow(same[0]), same[0], context) : candidates(named, dataset, context);
}

function candidates(rows, text, { params, setParams }) {
  if (!rows.length) return [empty(`No model declares a dataset with ${text} in its name for more than evaluation.`)];
  return [dataTable({ columns: [{ name: "dataset_id", label: "Dataset" }, { name: "models", label: "Models that declare it", type: "number" }], rows },
    { name: "datasets", caption: `Datasets with ${text} in their name`, params, setParams, shown: 25 })];
}

function reached(rows, dataset, context) {
  const cut = rows[0][3] > rows.length ? `; the ${format.number(rows.length)} most downloaded are listed` : "";
  return [h("p", {}, `${format.plural(rows[0][3], "model")}${cut}. With paths and evidence: hublake tainted --datasets ${dataset}`),
    listed({ columns: REACHED, rows: rows.map((row) => row.slice(0, 3)) }, `Models that descend from ${dataset}`, context)];
}

function declaring(users, dataset, context) {
  const all = users.rows.length ? records(users) : [];
  const rows = all.filter((row) => row.dataset_id === dataset);
  const named = Map.groupBy(all.filter((row) => row.dataset_id.toLowerCase().includes(dataset.toLowerCase())), (row) => row.dataset_id);
  if (!rows.length && named.size) return candidates([...named].map(([name, of]) => [name, of.length]), dataset, context);
  return [rows.length ? listed({ ...part(users, { rows, columns: ["model_id", "role", "source", "downloads_30d"] }) }, `Models that declare ${dataset}`, context) : empty(`${dataset} is not among the datasets whose models are in this folder.`),
    h("p", { class: "note" }, "The complete list, with descendants, needs the local server: hublake explore.")];
}
