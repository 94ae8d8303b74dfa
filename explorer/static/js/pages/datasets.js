// Datasets: which models they reach, who says what a model was trained on, and which models descend from a given dataset.

import { choice, empty, h } from "../dom.js";
import { offerDownload } from "../download.js";
import { format } from "../format.js";
import { dataTable } from "../table.js";
import { bars, figure, intervals, legend, part, records, refill } from "../charts.js";

export const title = "Datasets";
export const method = "datasets";
export const doesNotSay = [
  "Reach is a claim by declarations and lineage, not a proof of what is in the weights.",
  "Most models declare no dataset at all; they are in no list here.",
  "Whether the licence of a dataset extends to weights is unsettled: there is no verdict.",
];

const KINDS = { year: "year of creation", relation: "relation to the parent", size: "size", popularity: "popularity", author_kind: "kind of author", license_class: "class of licence", task: "task", country: "country" };
const REACH = { domain: ["by declared edges", "only by guessed edges"], range: ["var(--c1)", "var(--other)"] };

export async function render(element, context) {
  const { tables } = await context.data.page("datasets");
  const strata = h("div", {});
  const drawStrata = () => refill(strata, () => disclosure(tables.disclosure, context, drawStrata));
  drawStrata();
  element.append(
    h("header", {}, h("h1", {}, title), h("p", { class: "lead" }, "Which models a dataset reaches, directly and through lineage, and how many models say what they were trained on.")),
    influence(tables.influence, context), tainted(tables.users, tables.influence, context), strata,
    figure(tables.published, { name: "published_disclosure", context }),
    figure(tables.licenses, { name: "dataset_licenses", context, shown: 15 }),
  );
}

function influence(table, context) {
  const rows = records(table).slice(0, 20);
  const parts = rows.flatMap((row) => [[REACH.domain[0], row.models_reached_declared], [REACH.domain[1], row.models_reached - row.models_reached_declared]].map(([kind, models]) => ({ dataset_id: row.dataset_id, kind, models, direct: row.models_direct })));
  return figure(table, { name: "dataset_influence", context, shown: 15, key: legend(REACH), label: "Bars: models that declare the dataset or descend from one that does.",
    draw: bars(parts, { value: "models", label: "dataset_id", by: "kind", scale: REACH, text: String, xLabel: "models reached", note: (row) => `${format.number(row.direct)} declare it` }) });
}

function disclosure(table, context, redraw) {
  const all = records(table);
  const kinds = Object.entries(KINDS).filter(([kind]) => all.some((row) => row.stratum.startsWith(`${kind}:`)));
  const kind = kinds.some(([name]) => name === context.params.get("by")) ? context.params.get("by") : kinds[0]?.[0] ?? "year";
  const total = all.find((row) => row.stratum === "all");
  const rows = [...(total ? [{ ...total, stratum: "all models" }] : []), ...all.filter((row) => row.stratum.startsWith(`${kind}:`)).map((row) => ({ ...row, stratum: row.stratum.slice(kind.length + 1) }))];
  return figure(part(table, { rows }), { name: "training_data_declared", context, title: `Models that declare training data, by ${KINDS[kind]}`, label: "Points: share of models of each group, with 95 % intervals.",
    controls: h("div", { class: "choices" }, choice("By", kind, kinds, (value) => { context.setParams({ by: value }); redraw(); })),
    draw: intervals(rows, { value: "disclosed_share", low: "disclosed_share_low", high: "disclosed_share_high", label: "stratum", xLabel: "of models", note: (row) => `${format.number(row.with_dataset)} of ${format.number(row.models)} models; of downloads: ${format.share(row.downloads_disclosed_share)}` }) });
}

// Which models descend from a dataset.

const literal = (text) => `'${text.replaceAll("'", "''")}'`;
const DAY = "(SELECT max(snapshot_date) FROM silver.lineage_edges)";

/** Models that declare the dataset or one that derives from it, and all that descend from these. */
export const taintedQuery = (dataset) => `WITH RECURSIVE derived(dataset_id) AS (
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

const REACHED = [{ name: "model_id", type: "model", label: "model" }, { name: "declares_it", type: "boolean", label: "declares it itself" }, { name: "downloads_30d", type: "number", label: "downloads, 30 days" }];

function tainted(users, datasets, context) {
  const names = records(datasets).map((row) => row.dataset_id);
  const input = h("input", { list: "dataset-names", value: context.params.get("dataset") ?? "", placeholder: "owner/name of a dataset", maxlength: 200, spellcheck: "false" });
  const place = h("div", { "aria-live": "polite" });
  const list = async () => {
    const dataset = input.value.trim();
    context.setParams({ dataset: dataset || null });
    if (!dataset) return place.replaceChildren();
    if (!context.manifest.server) return place.replaceChildren(...declared(users, dataset, context));
    place.replaceChildren(h("p", { class: "message loading" }, "Following the lineage …"));
    try {
      const found = await context.data.sql(taintedQuery(dataset));
      place.replaceChildren(...reached(found, dataset, context));
    } catch (error) {
      place.replaceChildren(h("p", { class: "message error", role: "alert" }, error.message));
    }
    return undefined;
  };
  const form = h("form", { class: "choices", onsubmit: (event) => { event.preventDefault(); list(); } },
    h("label", { class: "choice" }, h("span", {}, "Dataset"), input), h("datalist", { id: "dataset-names" }, names.map((name) => h("option", { value: name }))), h("button", { class: "primary" }, "List the models"));
  if (input.value) list();
  return h("section", { class: "figure" }, h("h2", {}, "Which models descend from a dataset?"), h("p", { class: "note" }, "Models that declare the dataset, or one that derives from it, and everything that descends from them. A claim of reach, not a proof."), form, place);
}

function reached({ rows }, dataset, context) {
  if (!rows.length) return [empty(`No model declares ${dataset} for more than evaluation. Names are case-sensitive.`)];
  const total = rows[0][3];
  const listed = { columns: REACHED, rows: rows.map((row) => row.slice(0, 3)) };
  offerDownload("models_of_dataset", REACHED, listed.rows);
  return [h("p", {}, `${format.plural(total, "model")}${total > rows.length ? `; the ${format.number(rows.length)} most downloaded are listed` : ""}. With paths and evidence: hublake tainted --datasets ${dataset}`),
    dataTable(listed, { name: "reached", caption: `Models that descend from ${dataset}`, params: context.params, setParams: context.setParams, shown: 25 })];
}

function declared(users, dataset, context) {
  const rows = records(users).filter((row) => row.dataset_id === dataset);
  const note = h("p", { class: "note" }, "The complete list, with descendants, needs the local server: hublake explore.");
  if (!rows.length) return [empty(`${dataset} is not among the datasets whose models are in this folder.`), note];
  const listed = { ...part(users, { rows, columns: ["model_id", "role", "source", "downloads_30d"] }), note: users.note };
  offerDownload("models_of_dataset", listed.columns, listed.rows);
  return [dataTable(listed, { name: "declared", caption: `Models that declare ${dataset}`, params: context.params, setParams: context.setParams }), note];
}
