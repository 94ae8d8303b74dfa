// Trends: growth, time to a derivative, sizes, architectures, techniques, languages, countries, tasks, series.

import { choice, h } from "../dom.js";
import { format } from "../format.js";
import { bars, colours, columns, distinct, figure, legend, lines, multiples, part, records, refill, scatter, stacked, totals } from "../charts.js";

export const title = "Trends";
export const method = "timeline";
export const doesNotSay = [
  "Only models that still exist are counted: the past looks smaller than it was.",
  "The Hub has no creation dates before March 2022; such models are not new in any month.",
  "Groups differ in more than one respect: a later derivative is no effect of a licence or a size by itself.",
  "The last month may be incomplete.",
];

const EDGES = { edges_finetune: "finetune", edges_adapter: "adapter", edges_quantized: "quantized", edges_merge: "merge" };
const SIZES = ["up-to-100m", "100m-to-1b", "1b-to-3b", "3b-to-9b", "9b-to-15b", "15b-to-40b", "40b-to-100b", "100b-to-300b", "over-300b", "unknown"];
const BLUES = ["#d6e6f4", "#abcfe6", "#6fb0d7", "#3f8fc5", "#2171b5", "#0f559f", "#083c7d", "#062a5a", "#03173a"];
const GROUPS = { relation: "relation of the derivative", license: "class of licence", size: "size" };

export async function render(element, context) {
  const [{ tables }, vendors] = await Promise.all([context.data.page("trends"), context.data.page("vendors")]);
  const waiting = h("div", {});
  const drawWaiting = () => refill(waiting, () => derivatives(tables, context, drawWaiting));
  drawWaiting();
  const sections = [
    ["Growth", growth(tables.growth, context)], ["Time to a derivative", [waiting, fixedDays(tables.waiting, context)]], ["Families", figure(tables.lifespans, { name: "families_silent", context, label: "Bars: families of each year, and those that are silent now.", key: legend(SILENT), draw: silentFamilies(records(tables.lifespans)) })],
    ["Sizes", sizes(tables, context)], ["Architectures", shares(tables.architectures, "architecture_family", context, "architectures")],
    ["Techniques", small(tables.techniques, "technique", "known_share", "models", "of models with a known technique", context)],
    ["Tasks", [small(tables.tasks, "task", "known_share", "new_models", "of models with a known task", context), figure(tables.task_changes, { name: "task_changes", context, shown: 10 })]],
    ["Languages", languages(tables, context)], ["Countries", countries(tables.countries, context)], ["Series", series(vendors.tables.series, context)],
  ];
  const id = (name) => name.toLowerCase().replaceAll(" ", "-");
  const go = (name) => (event) => { event.preventDefault(); document.getElementById(id(name)).scrollIntoView(); document.getElementById(id(name)).focus({ preventScroll: true }); };
  element.append(
    h("header", {}, h("h1", {}, title), h("p", { class: "lead" }, "How the Hub grew, how soon others build on a model, and what models have become."),
      h("ul", { class: "contents" }, sections.map(([name]) => h("li", {}, h("a", { href: "#/trends", onclick: go(name) }, name))))),
    ...sections.map(([name, content]) => h("div", { id: id(name), class: "group", tabindex: "-1", role: "group", "aria-label": name }, content)),
  );
}

function growth(table, context) {
  const rows = records(table);
  const edges = rows.flatMap((row) => Object.entries(EDGES).map(([column, relation]) => ({ month: row.month, relation, edges: row[column] })));
  return [
    figure(part(table, { columns: ["month", "new_models", "new_organisation_models", "new_authors", "removed", "cumulative"] }), { name: "growth", context, title: `New models by month (n = ${format.number(rows.at(-1)?.cumulative)} listed)`, label: "Columns: listed models by month of creation.", draw: columns(rows, { x: "month", y: "new_models", yLabel: "new models a month" }) }),
    figure(part(table, { columns: ["month", ...Object.keys(EDGES)] }), { name: "new_edges", context, title: "New derivatives by month and relation", note: "Declared edges from models of the month to listed ones.", label: "One small chart for each relation: declared edges from new models.", draw: multiples(edges, { by: "relation", x: "month", y: "edges", type: "number" }) }),
  ];
}

function derivatives(tables, context, redraw) {
  const group = GROUPS[context.params.get("group")] ? context.params.get("group") : "relation";
  const table = { relation: tables.waiting, license: tables.waiting_by_license, size: tables.waiting_by_size }[group];
  const rows = records(table).map((row) => ({ ...row, group: group === "relation" ? row.relation : row.stratum.split(":")[1] }));
  const enough = distinct(rows.filter((row) => row.at_risk >= 30), "group");
  const shown = rows.filter((row) => enough.includes(row.group));
  const order = group === "size" ? enough : enough.toSorted((a, b) => highest(shown, b) - highest(shown, a));
  const controls = h("div", { class: "choices" }, choice("By", group, Object.entries(GROUPS), (value) => { context.setParams({ group: value }); redraw(); }));
  return figure(table, { name: "time_to_derivative", context, controls, title: `Share of models from which others have derived, by days since creation and ${GROUPS[group]}`,
    label: "One small chart for each group: estimated share with its 95 % band.",
    draw: multiples(shown, { by: "group", order, x: "day", y: "derived_share", low: "derived_share_low", high: "derived_share_high", xLabel: "days" }) });
}

const highest = (rows, group) => Math.max(...rows.filter((row) => row.group === group).map((row) => row.derived_share));

function fixedDays(table, context) {
  const rows = records(table).filter((row) => [7, 30, 90, 365].includes(row.day));
  return figure(part(table, { rows, columns: ["relation", "day", "derived_share", "derived_share_low", "derived_share_high", "at_risk"] }), { name: "time_to_derivative_days", context, title: "The same after 7, 30, 90 and 365 days" });
}

const SILENT = { domain: ["active in the last 180 days", "silent now"], range: ["var(--c1)", "var(--other)"] };

function silentFamilies(rows) {
  const parts = rows.flatMap((row) => [[SILENT.domain[0], row.families - row.silent_now], [SILENT.domain[1], row.silent_now]].map(([state, families]) => ({ year: row.year, state, families })));
  return bars(parts, { value: "families", label: "year", by: "state", scale: SILENT, xLabel: "families by year of birth" });
}

function sizes(tables, context) {
  const rows = records(tables.sizes).filter((row) => row.median_parameters !== null);
  const lengths = rows.flatMap((row) => [["median", row.median_parameters], ["90th percentile", row.p90_parameters]].map(([figureName, parameters]) => ({ month: row.month, figureName, parameters }))).filter((row) => row.parameters > 0);
  const scale = { domain: ["median", "90th percentile"], range: ["var(--c1)", "var(--c2)"] };
  const classes = records(tables.size_classes);
  const order = SIZES.filter((size) => classes.some((row) => row.size_class === size));
  const coverage = rows.reduce((sum, row) => sum + row.with_parameters, 0) / Math.max(1, rows.reduce((sum, row) => sum + row.new_models, 0));
  return [
    figure(tables.sizes, { name: "sizes", context, title: `Parameters of new models by month (known for ${format.share(coverage)} of them)`, key: legend(scale), label: "Lines: median and 90th percentile of the number of parameters, on a logarithmic scale.",
      draw: lines(lengths, { x: "month", y: "parameters", by: "figureName", scale, type: "number", yType: "log", yLabel: "parameters" }) }),
    shares(tables.size_classes, "size_class", context, "size_classes", { domain: order, range: order.map((size) => (size === "unknown" ? "var(--unknown)" : BLUES[SIZES.indexOf(size)])) }),
  ];
}

function shares(table, by, context, name, given) {
  const rows = records(table);
  const values = totals(rows, [by], ["new_models"]).toSorted((a, b) => neutral(a[by]) - neutral(b[by]) || b.new_models - a.new_models).map((row) => row[by]);
  const scale = given ?? colours(values);
  return figure(table, { name, context, key: legend(scale), label: "Stacked columns: parts of the new models of each month.", draw: stacked(rows, { x: "month", y: "new_models_share", by, scale, yLabel: "of new models" }) });
}

const neutral = (value) => ({ other: 1, unknown: 2 }[value] ?? 0);

function small(table, by, y, count, of, context) {
  const rows = records(table);
  const order = distinct(totals(rows, [by], [count]).toSorted((a, b) => b[count] - a[count]), by);
  const noted = new Map(totals(rows, [by], [count]).map((row) => [row[by], row[count]]));
  return figure(table, { name: `${by}s`, context, note: table.note ? `${table.note} Each chart has its own axis.` : null, label: `One small chart for each: share ${of}, by month.`,
    draw: multiples(rows, { by, order, x: "month", y, free: true, label: (value) => `${String(value).replaceAll("_", " ")} (n = ${format.compact(noted.get(value))})` }) });
}

function languages(tables, context) {
  const changes = records(tables.language_changes);
  const scale = { domain: ["kept", "narrowed", "widened", "moved", "unknown"], range: ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--unknown)"] };
  const rows = records(tables.languages);
  return h("div", { class: "two" },
    figure(tables.languages, { name: "languages", context, label: "Bars: number of models that declare each language.", draw: bars(rows.slice(0, 20), { value: "models", label: "language", xLabel: "models" }) }),
    figure(tables.language_changes, { name: "language_changes", context, key: legend(scale), label: "Bars: parts of the edges of each relation.", draw: bars(changes, { value: "edges_share", label: "relation", by: "change", scale, type: "share", xLabel: "of edges", note: (row) => `${format.number(row.edges)} edges` }) }));
}

function countries(table, context) {
  const rows = records(table).map((row) => ({ ...row, month: `${row.year}-01` }));
  const known = totals(rows.filter((row) => !["person", "unknown", "international"].includes(row.country)), ["country"], ["models"]).toSorted((a, b) => b.models - a.models).map((row) => row.country);
  const coverage = rows.length ? rows.at(-1).coverage_share : null;
  return figure(table, { name: "countries", context, title: `Countries of publishers by year of creation (known for ${format.share(coverage)} of the models of ${rows.at(-1)?.year ?? "no year"})`,
    label: "One small chart for each country: its share of the models of the year.",
    note: `${table.note} Each chart has its own axis.`, draw: multiples(rows.filter((row) => known.includes(row.country)), { by: "country", order: known, x: "month", y: "models_share", free: true, dots: true }) });
}

function series(table, context) {
  const rows = records(table).filter((row) => row.first_at && row.descendants_by_others > 0);
  return figure(part(table, { columns: ["vendor", "series", "first_at", "models", "descendants", "descendants_by_others", "first_other_derivative_days", "successor_series", "downloads_30d"] }), {
    name: "series", context, shown: 20, label: "Points: series by the day of their first release and the number of descendants by other vendors, on a logarithmic scale.",
    draw: scatter(rows, { x: "first_at", y: "descendants_by_others", names: "series", yLabel: "descendants by others", title: (row) => `${row.series} (${row.vendor})\n${format.date(row.first_at)}: ${format.number(row.descendants_by_others)} descendants by others` }) });
}
