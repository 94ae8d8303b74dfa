// What a table draws is declared beside its query, in explorer/data/pages: its `chart` has a kind, what it `says`, and names of columns.

import * as Plot from "../vendor/observable-plot-0.6.17.min.js";
import { css, empty, h } from "./dom.js";
import { offerDownload, save } from "./download.js";
import { cut, format, formatted, valueOf } from "./format.js";
import { dataTable, pageOf } from "./table.js";

const NOTHING = "There is nothing to show: the table has no row for this snapshot and this selection.";
const COLOURS = 8;
const NEUTRAL = { unknown: "--unknown", none: "--unknown", undeclared: "--unknown", other: "--other", "(other)": "--other" };
const PX_PER_LETTER = 7;
const TIP = { fill: "var(--panel)", stroke: "var(--line)", fontSize: 12 };

const { words } = format;

export const records = (table) => table.rows.map((row) => Object.fromEntries(table.columns.map((column, at) => [column.name, row[at]])));

export function part(table, { rows = records(table), columns, ...changes } = {}) {
  const kept = columns ? columns.map((name) => table.columns.find((column) => column.name === name)) : table.columns;
  return { ...table, ...changes, columns: kept, rows: rows.map((row) => kept.map((column) => row[column.name] ?? null)) };
}

export const distinct = (rows, name) => [...new Set(rows.map((row) => row[name]))];

export function totals(rows, by, names) {
  const found = new Map();
  for (const row of rows) {
    const key = JSON.stringify(by.map((name) => row[name]));
    const total = found.get(key) ?? { ...row, ...Object.fromEntries(names.map((name) => [name, 0])) };
    for (const name of names) total[name] += row[name] ?? 0;
    found.set(key, total);
  }
  return [...found.values()];
}

/** The values of a column by the sum of another, largest first; `last` values after all others. */
export const ranked = (rows, name, sum, last = []) => totals(rows, [name], [sum])
  .sort((a, b) => last.indexOf(a[name]) - last.indexOf(b[name]) || b[sum] - a[sum]).map((row) => row[name]);

/** A figure by the chart that its table declares; `changes` override what `figure` takes. */
export function declared(table, context, name, changes = {}) {
  const chart = changes.chart ?? table.chart;
  if (!chart?.kind || !table.rows.length) return figure(table, { name, context, shown: 15, ...changes });
  const { rows, spec, scale, drawn } = prepared(table, chart);
  return figure(table, { name, context, draw: rows.length && DRAW[spec.kind](rows, spec, scale), key: scale && spec.kind !== "multiples" ? legend(scale) : null, label: chart.says, shown: 15, ...changes, note: [changes.note ?? table.note, drawn].filter(Boolean).join(" ") });
}

function leftOut(rows, { label, top, kind, x, y }) {
  const lines = top ? distinct(rows, label).length : 0;
  if (lines > top) return { drawn: `Drawn: the first ${top} of ${lines}; the table has all.`, rows };
  const [shown, others] = [true, false].map((is) => rows.filter((row) => Boolean(kind !== "scatter" || (row[x] && row[y] > 0)) === is));
  const more = others.length - 3;
  return { drawn: others.length ? `Not drawn, without a day or a value: ${others.slice(0, 3).map((row) => row[label]).join(", ")}${more > 0 ? ` and ${format.number(more)} more` : ""}; the table has them.` : "", rows: shown };
}

/** Rows, options and colours of a declared chart. `parts` are columns that become parts of one bar, or lines. */
function prepared(table, chart) {
  const spec = { ...chart, label: chart.label };
  let { rows, drawn } = leftOut(records(table), chart);
  if (chart.top) rows = rows.filter((row) => distinct(rows, chart.label).slice(0, chart.top).includes(row[chart.label])).slice(0, chart.by ? Infinity : chart.top);
  if (chart.leave) rows = rows.filter((row) => !chart.leave.includes(row[chart.by]));
  const column = (name) => table.columns.find((one) => one.name === name);
  if (chart.parts) {
    rows = Object.entries(chart.parts).flatMap(([name, text]) => rows.map((row) => ({ ...row, part: text, amount: row[name] })));
    Object.assign(spec, { by: "part", value: "amount", y: "amount", type: column(Object.keys(chart.parts)[0]).type });
  } else {
    spec.type = column(chart.value ?? chart.y).type;
  }
  if (chart.log) rows = rows.filter((row) => row[spec.y ?? spec.value] > 0 && (!spec.low || row[spec.low] > 0));
  spec.more = (row) => (chart.also ?? []).map((name) => `\n${column(name).label}: ${formatted(row[name], column(name).type)}`).join("");
  spec.named = column(chart.label);
  spec.text = chart.names ? String : words;
  return { rows, spec, drawn, scale: spec.by ? spec.scale ?? scaleOf(rows, spec) : null };
}

function scaleOf(rows, { by, value, y, ramp, colours = {}, parts }) {
  if (ramp) {
    const domain = ramp.filter((one) => rows.some((row) => row[by] === one));
    return { domain, range: domain.map((one) => `var(${valueOf(NEUTRAL, one) ?? `--r${ramp.indexOf(one) + 1}`})`) };
  }
  let next = 0;
  const domain = parts ? Object.values(parts) : ranked(rows, by, value ?? y, ["other", "unknown"]);
  return { domain, range: domain.map((one) => `var(${valueOf(colours, one) ?? valueOf(NEUTRAL, one) ?? `--c${(next++ % COLOURS) + 1}`})`) };
}

export function legend({ domain, range }) {
  return h("ul", { class: "key" }, domain.map((value, at) => h("li", {}, h("span", { class: "swatch", style: { "--swatch": range[at] } }), words(value))));
}

/**
 * A figure. `draw(width)` returns pictures, which `label` describes; `content` is in place of a chart; `open` shows the table below at once.
 */
export function figure(table, { name, context, draw, content, key, label, controls, title = table.title, note = table.note, none = table.none || NOTHING, columns, open = false, shown } = {}) {
  const heading = h("h2", { id: `figure-${name}` }, title);
  if (table.missing) return h("section", { class: "figure" }, heading, empty(`Not built: ${context.manifest.server ? table.missing : table.missing.split(" Create it:")[0]}`));
  if (!table.rows.length) return h("section", { class: "figure" }, heading, controls, empty(none));
  const listed = columns ? part(table, { columns }) : table;
  offerDownload(name, listed.columns, listed.rows);
  const plot = draw ? h("div", { class: "plot" }) : null;
  const sheet = () => dataTable({ ...listed, note: null }, { name, caption: title, params: context.params, setParams: context.setParams, shown });
  const details = draw || content ? h("details", { class: "sheet", open }, h("summary", {}, `Table: ${format.plural(listed.rows.length, "row")}`)) : null;
  const fill = () => { if (details?.open && details.children.length === 1) details.append(sheet()); };
  details?.addEventListener("toggle", fill);
  fill();
  const guesses = table.counts_guesses ? " Edges that nobody declared count, too." : "";
  const section = h("section", { class: "figure" }, heading, note ? h("p", { class: "note" }, note) : null, controls, key, content, plot, details ?? sheet(),
    h("p", { class: "note source" }, `Source: ${table.source}.${guesses} `, plot ? h("button", { type: "button", class: "link", onclick: () => saveSvg(plot, name) }, "Save as SVG") : null));
  if (plot) keepDrawn(plot, draw, `${title}. ${label ?? ""} The same figures are in the table below.`, context.signal);
  return section;
}

function keepDrawn(place, draw, label, signal) {
  let drawn = 0;
  const observer = new ResizeObserver(() => {
    const width = Math.floor(place.clientWidth);
    if (!width || width === drawn) return;
    drawn = width;
    place.replaceChildren(...[draw(width)].flat().filter(Boolean));
    place.scrollLeft = (place.scrollWidth - width) / 2; // the model is in the middle of its tree
    for (const picture of place.querySelectorAll(".picture-of-data")) picture.setAttribute("aria-label", [picture.dataset.label, label].filter(Boolean).join(". "));
  });
  observer.observe(place);
  signal.addEventListener("abort", () => observer.disconnect());
}

/**
 * A picture by Plot, whose style element the policy refuses: its rules are in charts.css. A press opens the page of the row under the pointer.
 */
function plot({ opens, ...options }) {
  const svg = Plot.plot({ className: "plot-svg", marginTop: 14, marginRight: 14, marginBottom: 36, ...options });
  for (const style of svg.querySelectorAll("style")) style.remove();
  if (opens) svg.addEventListener("click", () => { if (svg.value && opens(svg.value)) location.hash = opens(svg.value); });
  svg.setAttribute("aria-hidden", "true"); // its parts have no roles; the label of the picture says what it shows
  return h("div", { class: "picture-of-data", role: "img" }, svg);
}

function saveSvg(place, name) {
  const resolved = (text) => text.replaceAll(/var\((--[\w-]+)\)/g, (_, property) => css(property) || "none").replaceAll("currentColor", css("--text"));
  place.querySelectorAll("svg").forEach((svg, at, all) => {
    const copy = svg.cloneNode(true);
    for (const [attribute, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", "font-family": "system-ui, sans-serif", "font-size": "12" })) copy.setAttribute(attribute, value);
    save(`${name}${all.length > 1 ? `_${at + 1}` : ""}.svg`, resolved(new XMLSerializer().serializeToString(copy)), "image/svg+xml");
  });
}

const time = (text) => new Date(text);
const timeText = (text) => (text.length === 4 ? text : text.length === 7 ? format.month(text) : format.date(text));
const ticks = (type) => (value) => (type === "share" ? `${Number((value * 100).toPrecision(3))}%` : format.compact(value));
const timeAxis = (width, isYearly = false, most = Infinity) => ({ type: "utc", label: null, ticks: isYearly ? "year" : Math.min(most, places(width, 90)) });
const places = (width, each) => Math.max(2, Math.floor(width / each));

function logTicks(values) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const [low, high] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const steps = high - low > 3 ? [1] : high - low > 2 ? [1, 3] : [1, 2, 5];
  return Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at)).flatMap((power) => steps.map((step) => step * power)).filter((place) => place >= 0.9 * least && place <= 1.1 * most);
}

const interval = (row, { low, high, type }) => (low && row[low] !== null ? ` (${formatted(row[low], type)} to ${formatted(row[high], type)})` : "");

function lines(rows, spec, scale, { height = 300, yMax, yTicks = 5 } = {}) {
  const { x, y, by, low, high, type, unit, log, dots } = spec;
  const isTime = typeof rows[0][x] === "string";
  const place = isTime ? (row) => time(row[x]) : x;
  const curve = isTime || dots || !low ? "linear" : "step-after";
  const z = by ?? (() => "all");
  return (width) => plot({
    width, height, marginLeft: 52, marginTop: isTime && unit ? 30 : 14,
    x: isTime ? timeAxis(width, rows[0][x].length === 4) : { label: unit, ticks: Math.min(places(width, 60), distinct(rows, x).length - 1) },
    y: { label: isTime && unit ? unit : null, grid: true, type: log ? "log" : "linear", ticks: log ? logTicks(rows.map((row) => row[y])) : yTicks, tickFormat: ticks(type), zero: !log, nice: true, domain: yMax ? [0, yMax] : undefined },
    color: scale ?? { domain: ["all"], range: ["var(--c1)"] },
    marks: [
      low ? Plot.areaY(rows, { x: place, y1: low, y2: high, fill: z, z, fillOpacity: 0.18, curve }) : null,
      Plot.lineY(rows, { x: place, y, stroke: z, z, strokeWidth: 2, curve }),
      dots ? Plot.dot(rows, { x: place, y, fill: z, r: 3 }) : null,
      Plot.tip(rows, Plot.pointer({ x: place, y, ...TIP, title: (row) => `${by ? `${words(row[by])}\n` : ""}${isTime ? timeText(row[x]) : `${unit} ${format.number(row[x])}`}: ${formatted(row[y], type)}${interval(row, spec)}` })),
    ],
  });
}

function multiples(rows, { by, n, free, ...spec }) {
  const highest = (some) => Math.max(...some.map((row) => row[spec.high ?? spec.y] ?? 0)) || 1;
  const isUnknown = (value) => /(^|:)unknown$/.test(value);
  const most = highest(rows.filter((row) => !isUnknown(row[by])));
  return (width) => {
    const beside = Math.max(1, Math.min(3, Math.floor(width / 290)));
    return distinct(rows, by).sort((a, b) => isUnknown(a) - isUnknown(b)).map((value) => {
      const own = rows.filter((row) => row[by] === value);
      const name = `${words(value).replace(/^[a-z_ ]+:/, "")}${n ? ` (n = ${format.compact(own.reduce((sum, row) => sum + row[n], 0))})` : ""}${isUnknown(value) && !free ? " (own axis)" : ""}`;
      const picture = lines(own, spec, null, { height: 150, yTicks: 3, yMax: free || isUnknown(value) ? highest(own) : most })(Math.floor((width - 20 * (beside - 1)) / beside));
      picture.dataset.label = name;
      return h("div", { class: "multiple" }, h("h3", {}, name), picture);
    });
  };
}

function stacked(rows, { x, y, by, type, unit }, scale) {
  const order = scale?.domain;
  const place = { x: (row) => time(row[x]), y, z: by, interval: "month" };
  return (width) => {
    const inset = width / distinct(rows, x).length > 8 ? 0.5 : 0;
    return plot({
      width, height: 300, marginLeft: 52, marginTop: 30, x: timeAxis(width, false, distinct(rows, x).length), y: { label: unit, grid: true, ticks: 5, tickFormat: ticks(type) }, color: scale ?? undefined,
      marks: [
        Plot.rectY(rows, Plot.stackY({ order }, { ...place, fill: by ?? "var(--c1)", insetLeft: inset, insetRight: inset })),
        Plot.tip(rows, Plot.pointer(Plot.stackY({ order }, { ...place, ...TIP, title: (row) => `${by ? `${words(row[by])}\n` : ""}${timeText(row[x])}: ${formatted(row[y], type)}` }))),
      ],
    });
  };
}

const ruler = h("canvas").getContext("2d");

/** Labels of rows: their width and axis. */
function labels(rows, { label, text }, width) {
  const letters = Math.floor((width * 0.42) / PX_PER_LETTER);
  const shown = (row) => text(row[label]);
  const domain = [...new Set(rows.map(shown))];
  const tickFormat = (name) => cut(name, letters);
  ruler.font = `12px ${css("--font")}`;
  return { left: Math.max(...domain.map((name) => ruler.measureText(tickFormat(name)).width)), shown, axis: { domain, tickFormat, label: null, tickSize: 0, padding: 0.25 }, height: 50 + domain.length * 24 };
}

function bars(rows, spec, scale) {
  const { value, label, by, type, unit, text, more } = spec;
  return (width) => {
    const { left, shown, axis, height } = labels(rows, spec, width);
    const place = { x: value, y: shown, z: by };
    const ends = totals(rows.map((row) => ({ row, [value]: row[value], name: shown(row) })), ["name"], [value]);
    return plot({
      width, height, marginLeft: left + 8, marginRight: 64, color: scale ?? undefined, opens: (row) => pageOf(row[label], spec.named),
      x: { label: unit, grid: true, ticks: Math.min(places(width - left, 110), ends.some((end) => end[value] % 1) ? 9 : Math.max(1, ...ends.map((end) => end[value]))), tickFormat: ticks(type) }, y: axis,
      marks: [
        Plot.barX(rows, Plot.stackX({ order: scale?.domain }, { ...place, fill: by ?? "var(--c1)" })),
        by && type === "share" ? null : Plot.text(ends, { x: value, y: "name", text: (row) => (type === "share" ? format.share : format.compact)(row[value]), textAnchor: "start", dx: 5, fill: "var(--soft)" }),
        Plot.tip(rows, Plot.pointerY(Plot.stackX({ order: scale?.domain }, { ...place, ...TIP, title: (row) => `${text(row[label])}${by ? `, ${words(row[by])}` : ""}\n${formatted(row[value], type)}${more(row)}` }))),
      ],
    });
  };
}

/** Points with their intervals, one line for each value of `label`; `other` marks a second figure, such as a published one. */
function intervals(rows, spec) {
  const { value, low, high, label, other, type, unit, text, more, reference, log } = spec;
  const known = rows.filter((row) => row[value] !== null);
  return (width) => {
    const { left, shown, axis, height } = labels(rows, spec, width);
    return plot({
      width, height, marginLeft: left + 8, marginRight: 24,
      x: { label: unit, grid: true, type: log ? "log" : "linear", ticks: log ? logTicks(known.flatMap((row) => [row[low], row[high]])) : places(width - left, 110), tickFormat: ticks(type), zero: !log, nice: true },
      y: { ...axis, type: "point" },
      marks: [
        reference ? Plot.ruleX([reference], { stroke: "var(--soft)", strokeDasharray: "4 3" }) : null,
        Plot.link(known.filter((row) => row[low] !== null), { x1: low, x2: high, y1: shown, y2: shown, stroke: "var(--c1)", strokeWidth: 3, strokeOpacity: 0.45, strokeLinecap: "round" }),
        Plot.dot(known, { x: value, y: shown, fill: "var(--c1)", r: 4 }),
        other ? Plot.dot(rows.filter((row) => row[other] !== null), { x: other, y: shown, symbol: "diamond", fill: "var(--c6)", r: 5 }) : null,
        Plot.tip(known, Plot.pointerY({ x: value, y: shown, ...TIP, title: (row) => `${text(row[label])}\n${formatted(row[value], type)}${interval(row, spec)}${more(row)}` })),
      ],
    });
  };
}

function scatter(rows, { x, y, label, unit, type, more }) {
  const height = 380;
  return (width) => plot({
    width, height, marginLeft: 52, marginTop: 34, x: { ...timeAxis(width), inset: 24 },
    y: { label: unit, type: "log", grid: true, ticks: logTicks(rows.map((row) => row[y])), tickFormat: ticks(type), insetTop: 12 },
    marks: [
      Plot.dot(rows, { x: (row) => time(row[x]), y, r: 4, fill: "var(--c1)", fillOpacity: 0.55, stroke: "var(--c1)" }),
      ...apart(rows, x, y, label, width, height).map(({ row, dx, dy, textAnchor }) => Plot.text([row], { x: () => time(row[x]), y, text: label, dx, dy, textAnchor, fill: "var(--text)", stroke: "var(--page)", strokeWidth: 4, fontSize: 12 })),
      Plot.tip(rows, Plot.pointer({ x: (row) => time(row[x]), y, ...TIP, title: (row) => `${row[label]}\n${timeText(row[x])}: ${formatted(row[y], type)}${more(row)}` })),
    ],
  });
}

function apart(rows, x, y, label, width, height) {
  const along = (values, room) => {
    const least = Math.min(...values);
    return values.map((value) => ((value - least) / (Math.max(...values) - least || 1)) * room);
  };
  const [across, up] = [along(rows.map((row) => time(row[x]).getTime()), width - 114), along(rows.map((row) => Math.log(row[y])), height - 96)];
  const kept = [];
  rows.slice(0, 30).forEach((row, at) => {
    const long = row[label].length * PX_PER_LETTER;
    const spots = [[0, -12, "middle", 0.5], [8, 0, "start", 0], [-8, 0, "end", 1], [0, 13, "middle", 0.5]].map(([dx, dy, textAnchor, part]) => ({ row, dx, dy, textAnchor, long, x: across[at] + 24 + dx - part * long, y: up[at] - dy }));
    const free = spots.find((spot) => spot.x > -40 && spot.x + long < width - 50 && kept.every((other) => Math.abs(other.y - spot.y) > 14 || other.x + other.long < spot.x - 4 || spot.x + long < other.x - 4));
    if (free) kept.push(free);
  });
  return kept.slice(0, width > 600 ? 16 : 6);
}

const DRAW = { lines, multiples, columns: stacked, stacked, bars, intervals, scatter };
