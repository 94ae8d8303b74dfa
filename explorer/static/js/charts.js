// Charts: SVG by Observable Plot, each with its heading, what is counted, its source and the same figures as a table.

import * as Plot from "../vendor/observable-plot-0.6.17.min.js";
import { empty, h } from "./dom.js";
import { offerDownload, save } from "./download.js";
import { format, formatted } from "./format.js";
import { dataTable } from "./table.js";

const COLOURS = 8;
const NEUTRAL = { unknown: "--unknown", none: "--unknown", undeclared: "--unknown", other: "--other", "(other)": "--other", several: "--other" };
const WORDS = (value) => String(value).replaceAll("_", " ");
const NOTHING = "There is nothing to show: the table has no row for this snapshot and this selection.";
const GAP_OF_LABELS = 8; // px between the labels of categories and the bars
const PX_PER_LETTER = 7;

/** The rows of a table as objects by the names of the columns. */
export const records = (table) => table.rows.map((row) => Object.fromEntries(table.columns.map((column, at) => [column.name, row[at]])));

/** The same table with other rows or only some of its columns. */
export function part(table, { rows = records(table), columns = null, ...changes } = {}) {
  const kept = columns ? columns.map((name) => table.columns.find((column) => column.name === name)) : table.columns;
  return { ...table, ...changes, columns: kept, rows: rows.map((row) => kept.map((column) => row[column.name] ?? null)) };
}

/** The distinct values of a column, in their order. */
export const distinct = (rows, name) => [...new Set(rows.map((row) => row[name]))];

/** Sums of columns by the value of others: totals(rows, ["task"], ["models"]). */
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

/** Colours of categories: one of the eight each, and grey for what is unknown or the rest. */
export function colours(values) {
  let next = 0;
  return { domain: values, range: values.map((value) => `var(${NEUTRAL[value] ?? `--c${(next++ % COLOURS) + 1}`})`) };
}

export function legend({ domain, range }, label = WORDS) {
  return h("ul", { class: "key" }, domain.map((value, at) => h("li", {}, h("span", { class: "swatch", style: { "--swatch": range[at] } }), label(value))));
}

/** Month or day as a date that Plot places. */
export const time = (text) => new Date(text.length === 7 ? `${text}-01` : text);

/**
 * A figure: heading, note, legend, chart, source, and the table. `draw(width)` returns SVG elements; `label` says what they show to those
 * who do not see them. `content` stands in place of a chart. Where the table is not built or empty, it says so. `context` is that of the page.
 */
export function figure(table, { name, context, draw, content, key, label, controls, none = NOTHING, title = table.title, note = table.note, columns, open, shown } = {}) {
  const heading = h("h2", { id: `figure-${name}` }, title);
  if (table.missing) return h("section", { class: "figure" }, heading, empty(`Not built: ${table.missing}`));
  if (!table.rows.length) return h("section", { class: "figure" }, heading, controls, empty(none));
  const listed = columns ? part(table, { columns }) : table;
  offerDownload(name, listed.columns, listed.rows);
  const plot = draw ? h("div", { class: "plot" }) : null;
  const sheet = () => dataTable({ ...listed, note: null }, { name, caption: title, params: context.params, setParams: context.setParams, shown });
  const details = draw || content ? h("details", { class: "sheet", open }, h("summary", {}, `Table: ${format.plural(listed.rows.length, "row")}`)) : null;
  const fillSheet = () => { if (details.open && details.children.length === 1) details.append(sheet()); };
  details?.addEventListener("toggle", fillSheet);
  if (open && details) fillSheet();
  const figureElement = h("section", { class: "figure", "aria-labelledby": `figure-${name}` },
    heading, note ? h("p", { class: "note" }, note) : null, controls, key, content, plot, details ?? sheet(), sourceOf(table, plot, name));
  if (plot) keepDrawn(plot, draw, `${title}. ${label ?? ""} The same figures are in the table below.`, context.signal);
  return figureElement;
}

function sourceOf(table, plot, name) {
  const guesses = table.counts_guesses ? " Edges that nobody declared count, too." : "";
  return h("p", { class: "note source" }, `Source: ${table.source}.${guesses} `,
    plot ? h("button", { type: "button", class: "link", onclick: () => saveSvg(plot, name) }, "Save as SVG") : null);
}

/** Draws when the place has a width, and again when it gets another one. */
function keepDrawn(place, draw, label, signal) {
  let drawn = 0;
  const observer = new ResizeObserver(() => {
    const width = Math.floor(place.clientWidth);
    if (!width || width === drawn) return;
    drawn = width;
    place.replaceChildren(...[draw(width)].flat().filter(Boolean));
    for (const svg of place.querySelectorAll(":scope > svg, :scope > .multiple > svg")) {
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", svg.dataset.label ? `${svg.dataset.label}. ${label}` : label);
    }
  });
  observer.observe(place);
  signal?.addEventListener("abort", () => observer.disconnect());
}

/** An SVG by Plot. Its style element is refused by the content security policy, and its rules are in charts.css. */
function plot(options) {
  const svg = Plot.plot({ className: "plot-svg", marginTop: 14, marginRight: 14, marginBottom: 36, ...options });
  for (const style of svg.querySelectorAll("style")) style.remove();
  for (const part of svg.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label"); // the picture has a label, its parts may not
  return svg;
}

function saveSvg(place, name) {
  const computed = getComputedStyle(document.documentElement);
  const resolved = (text) => text.replaceAll(/var\((--[\w-]+)\)/g, (_, property) => computed.getPropertyValue(property).trim() || "none")
    .replaceAll("currentColor", computed.getPropertyValue("--text").trim());
  [...place.querySelectorAll("svg")].forEach((svg, at, all) => {
    const copy = svg.cloneNode(true);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("font-family", "system-ui, sans-serif");
    copy.setAttribute("font-size", "12");
    save(`${name}${all.length > 1 ? `_${at + 1}` : ""}.svg`, resolved(new XMLSerializer().serializeToString(copy)), "image/svg+xml");
  });
}

const ticks = (type) => (value) => (type === "share" ? `${Number((value * 100).toPrecision(3))}%` : format.compact(value));
const timeAxis = (width, isYearly = false) => ({ type: "utc", label: null, ticks: isYearly ? "year" : Math.max(2, Math.floor(width / 90)) });

/** Places of a logarithmic axis: powers of ten, with 2 and 5 times them where there are few. */
function logTicks(values) {
  const known = values.filter((value) => value > 0);
  const [low, high] = [Math.floor(Math.log10(Math.min(...known))), Math.ceil(Math.log10(Math.max(...known)))];
  const places = Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at));
  return high - low > 3 ? places : places.flatMap((place) => [place, 2 * place, 5 * place]).filter((place) => place >= 0.9 * Math.min(...known) && place <= 1.1 * Math.max(...known));
}
const hover = (rows, { x, y, title }) => Plot.tip(rows, Plot.pointer({ x, y, title, fill: "var(--panel)", stroke: "var(--line)", fontSize: 12 }));

/** Where the x axis is a time: month or date. Else days, generations. */
function scaleOfX(rows, x, width) {
  const isTime = typeof rows[0]?.[x] === "string";
  const isYearly = isTime && rows.every((row) => row[x].endsWith("-01"));
  return { isTime, place: isTime ? (row) => time(row[x]) : x, axis: isTime ? timeAxis(width, isYearly) : {} };
}

/**
 * Lines of `y` over `x`, one for each value of `by`, with the band from `low` to `high` where it is given.
 * `type` is that of y; `xLabel` names the unit of x where it is no time.
 */
export function lines(rows, { x, y, by, low, high, type = "share", scale, xLabel, yLabel, yType, yTicks = 5, height = 300, yMax, dots = false }) {
  return (width) => {
    const found = scaleOfX(rows, x, width);
    const stroke = by ? (row) => row[by] : () => "all";
    const name = (row) => (by ? `${WORDS(row[by])}\n` : "");
    const band = (row) => (low && row[low] !== null ? ` (${formatted(row[low], type)} to ${formatted(row[high], type)})` : "");
    const curve = found.isTime || dots || !low ? "linear" : "step-after";
    const at = (row) => (found.isTime ? format.month(row[x]) : `${xLabel ?? x} ${format.number(row[x])}`);
    return plot({
      width, height, marginLeft: 52, marginTop: yLabel ? 30 : 14,
      x: { ...found.axis, ...(found.isTime ? {} : { label: xLabel, ticks: Math.max(2, Math.floor(width / 60)) }) },
      y: { label: yLabel ?? null, grid: true, type: yType, ticks: yType === "log" ? logTicks(rows.map((row) => row[y])) : yTicks, tickFormat: ticks(type), zero: yType !== "log", nice: true, domain: yMax ? [0, yMax] : undefined },
      color: scale ?? { domain: ["all"], range: ["var(--c1)"] },
      marks: [
        ...(low ? [Plot.areaY(rows, { x: found.place, y1: low, y2: high, fill: stroke, z: stroke, fillOpacity: 0.18, curve })] : []),
        Plot.lineY(rows, { x: found.place, y, stroke, z: stroke, strokeWidth: 2, curve }),
        ...(dots ? [Plot.dot(rows, { x: found.place, y, fill: stroke, r: 3 })] : []),
        hover(rows, { x: found.place, y, title: (row) => `${name(row)}${at(row)}: ${formatted(row[y], type)}${band(row)}` }),
      ],
    });
  };
}

/** Parts of a whole over time, one above the other, in the order of `scale`. */
export function stacked(rows, { x, y, by, scale, type = "share", yLabel, height = 300 }) {
  return (width) => {
    const order = scale.domain;
    const bars = distinct(rows, x).length;
    const inset = width / bars > 8 ? 0.5 : 0;
    return plot({
      width, height, marginLeft: 52, marginTop: 30, x: timeAxis(width),
      y: { label: yLabel, grid: true, ticks: 5, tickFormat: ticks(type) }, color: scale,
      marks: [
        Plot.rectY(rows, Plot.stackY({ order }, { x: (row) => time(row[x]), y, interval: "month", fill: by, insetLeft: inset, insetRight: inset })),
        Plot.tip(rows, Plot.pointer(Plot.stackY({ order }, { x: (row) => time(row[x]), y, interval: "month", z: by,
          title: (row) => `${WORDS(row[by])}\n${format.month(row[x])}: ${formatted(row[y], type)}`, fill: "var(--panel)", stroke: "var(--line)", fontSize: 12 }))),
      ],
    });
  };
}

/** Columns by month: counts of what is new. */
export const columns = (rows, options) => stacked(rows.map((row) => ({ ...row, all: "all" })),
  { by: "all", scale: { domain: ["all"], range: ["var(--c1)"] }, type: "number", height: 260, ...options });

/** A small chart for each value of `by`, with the same axes, or with its own one where `free`. */
export function multiples(rows, { by, order = distinct(rows, by), y, label = WORDS, free = false, ...options }) {
  const highest = (some) => Math.max(...some.map((row) => row[options.high ?? y] ?? 0)) || 1;
  const most = highest(rows);
  const scale = colours(["all"]);
  return (width) => order.map((value) => {
    const own = rows.filter((row) => row[by] === value);
    if (!own.length) return null;
    const svg = lines(own, { ...options, y, scale, height: 150, yTicks: 3, yMax: free ? highest(own) : most })(multipleWidth(width));
    svg.dataset.label = label(value);
    return h("div", { class: "multiple" }, h("h3", {}, label(value)), svg);
  });
}

function multipleWidth(width) {
  const beside = Math.max(1, Math.min(3, Math.floor(width / 290)));
  return Math.floor((width - 20 * (beside - 1)) / beside);
}

/** Bars from the left, one for each value of `label`, in the given order; with `by`, parts beside each other. */
export function bars(rows, { value, label, by, scale, type = "number", xLabel, text = WORDS, note }) {
  return (width) => {
    const left = labelWidth(rows.map((row) => text(row[label])), width);
    const shown = (row) => cut(text(row[label]), left);
    const order = [...new Set(rows.map(shown))];
    const sums = rows.reduce((found, row) => found.set(shown(row), (found.get(shown(row)) ?? 0) + (row[value] ?? 0)), new Map());
    const ends = order.map((name) => ({ name, value: sums.get(name) }));
    return plot({
      width, height: 50 + order.length * 24, marginLeft: left + GAP_OF_LABELS, marginRight: 64,
      x: { label: xLabel, grid: true, ticks: Math.max(2, Math.floor((width - left) / 110)), tickFormat: ticks(type) },
      y: { domain: order, label: null, tickSize: 0, padding: 0.25 }, color: scale,
      marks: [
        Plot.barX(rows, Plot.stackX({ order: scale?.domain }, { x: value, y: shown, z: by, fill: by ?? "var(--c1)" })),
        Plot.text(by && type === "share" ? [] : ends, { x: "value", y: "name", text: (row) => (type === "share" ? format.share(row.value) : format.compact(row.value)), textAnchor: "start", dx: 5, fill: "var(--soft)" }),
        Plot.tip(rows, Plot.pointerY(Plot.stackX({ order: scale?.domain }, { x: value, y: shown, z: by, fill: "var(--panel)", stroke: "var(--line)", fontSize: 12,
          title: (row) => `${text(row[label])}${by ? `, ${WORDS(row[by])}` : ""}\n${formatted(row[value], type)}${note ? `\n${note(row)}` : ""}` }))),
      ],
    });
  };
}

/** Points with their intervals, one line for each value of `label`; `other` marks a second figure, such as a published one. */
export function intervals(rows, { value, low, high, label, other, type = "share", xLabel, text = WORDS, note, reference, xType }) {
  return (width) => {
    const left = labelWidth(rows.map((row) => text(row[label])), width);
    const shown = (row) => cut(text(row[label]), left);
    const known = rows.filter((row) => row[value] !== null);
    return plot({
      width, height: 50 + rows.length * 24, marginLeft: left + GAP_OF_LABELS, marginRight: 24,
      x: { label: xLabel, grid: true, type: xType, ticks: xType === "log" ? logTicks(known.flatMap((row) => [row[low] ?? row[value], row[high] ?? row[value]])) : Math.max(2, Math.floor((width - left) / 110)), tickFormat: ticks(type), zero: type === "share", nice: true },
      y: { domain: [...new Set(rows.map(shown))], label: null, tickSize: 0, padding: 0.25, type: "point" },
      marks: [
        ...(reference === undefined ? [] : [Plot.ruleX([reference], { stroke: "var(--soft)", strokeDasharray: "4 3" })]),
        Plot.link(known.filter((row) => row[low] !== null && row[high] !== null), { x1: low, x2: high, y1: shown, y2: shown, stroke: "var(--c1)", strokeWidth: 3, strokeOpacity: 0.45, strokeLinecap: "round" }),
        Plot.dot(known, { x: value, y: shown, fill: "var(--c1)", r: 4 }),
        ...(other ? [Plot.dot(rows.filter((row) => row[other] !== null), { x: other, y: shown, symbol: "diamond", fill: "var(--c6)", r: 5 })] : []),
        Plot.tip(known, Plot.pointerY({ x: value, y: shown, fill: "var(--panel)", stroke: "var(--line)", fontSize: 12,
          title: (row) => `${text(row[label])}\n${formatted(row[value], type)}${row[low] === null ? "" : ` (${formatted(row[low], type)} to ${formatted(row[high], type)})`}${note ? `\n${note(row)}` : ""}` })),
      ],
    });
  };
}

/** Points in a plane with a few names beside them. */
export function scatter(rows, { x, y, names, yLabel, title, height = 380 }) {
  return (width) => plot({
    width, height, marginLeft: 52, marginTop: 34, x: { ...timeAxis(width), inset: 24 },
    y: { label: yLabel, type: "log", grid: true, ticks: logTicks(rows.map((row) => row[y])), tickFormat: ticks("number"), insetTop: 12 },
    marks: [
      Plot.dot(rows, { x: (row) => time(row[x]), y, r: 4, fill: "var(--c1)", fillOpacity: 0.55, stroke: "var(--c1)" }),
      Plot.text(apart(rows, x, y, names, width, height), { x: (row) => time(row[x]), y, text: names, dy: -12, fill: "var(--text)", stroke: "var(--page)", strokeWidth: 4, fontSize: 12 }),
      hover(rows, { x: (row) => time(row[x]), y, title }),
    ],
  });
}

/** The first rows whose names do not cover each other or leave the chart. */
function apart(rows, x, y, names, width, height) {
  const days = rows.map((row) => time(row[x]).getTime());
  const sizes = rows.map((row) => Math.log(row[y]));
  const place = (value, values, room) => ((value - Math.min(...values)) / (Math.max(...values) - Math.min(...values) || 1)) * room;
  const kept = [];
  rows.slice(0, 30).forEach((row, at) => {
    const spot = { row, half: (row[names].length * PX_PER_LETTER) / 2, x: place(days[at], days, width - 114) + 24, y: place(sizes[at], sizes, height - 96) };
    const isFree = kept.every((other) => Math.abs(other.y - spot.y) > 16 || Math.abs(other.x - spot.x) > spot.half + other.half + 4);
    if (isFree && spot.x - spot.half > -40 && spot.x + spot.half < width - 50) kept.push(spot);
  });
  return kept.slice(0, width > 600 ? 14 : 5).map((spot) => spot.row);
}

const labelWidth = (texts, width) => Math.min(Math.max(...texts.map((text) => text.length), 1) * PX_PER_LETTER, width * 0.42);

/** A label that fits; two labels never become the same one. */
const cut = (text, width) => {
  const letters = Math.floor(width / PX_PER_LETTER);
  return text.length <= letters ? text : `${text.slice(0, Math.ceil(letters * 0.55))}…${text.slice(-Math.floor(letters * 0.45) + 1)}`;
};

/**
 * A matrix as a table of buttons: rows, columns, and in each cell a count. `parts(cell)` returns [[kind, count], ...] that are drawn as a bar;
 * `describe` says the cell in words; `selected(row, column)` marks one; `onselect(row, column)` is called for a press.
 */
export function matrix({ caption, rows, columns, corner, cell, count, parts, describe, selected, onselect }) {
  const isSum = (name) => name.startsWith("("); // (other), (none): their counts would pale all others
  const most = Math.max(1, ...rows.flatMap((row) => columns.map((column) => (cell(row, column) && !isSum(row) && !isSum(column) ? count(cell(row, column)) : 0))));
  const place = (row, column) => {
    const found = cell(row, column);
    if (!found || !count(found)) return h("td", { class: "none" }, h("span", { class: "hidden" }, "none"));
    const total = count(found);
    const bar = parts ? h("span", { class: "parts", "aria-hidden": "true" }, parts(found).filter(([, n]) => n > 0).map(([kind, n]) =>
      h("span", { class: `part ${kind}`, style: { "--part": n / total } }))) : null;
    const content = [h("span", { class: "count" }, format.compact(total)), bar];
    return h("td", { style: { "--heat": Math.min(1, Math.sqrt(total / most)) } }, onselect
      ? h("button", { type: "button", "aria-label": describe(row, column, found), title: describe(row, column, found), "aria-pressed": String(Boolean(selected?.(row, column))), onclick: () => onselect(row, column) }, content)
      : h("span", { title: describe(row, column, found) }, content));
  };
  return h("div", { class: "scroll matrix", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, corner), columns.map((column) => h("th", { scope: "col" }, h("span", {}, column))))),
      h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row), columns.map((column) => place(row, column)))))));
}

/** Fills a place again, so that the control that was used keeps the focus. `content` returns elements. */
export function refill(place, content) {
  const controls = () => [...place.querySelectorAll("select, input")];
  const used = controls().indexOf(document.activeElement);
  place.replaceChildren(...[content()].flat().filter(Boolean));
  controls()[used]?.focus();
}

/** A switch for edges that nobody declared; its state is in the address as guesses=0. */
export function guessSwitch(context, redraw) {
  const box = h("input", { type: "checkbox", onchange: () => { context.setParams({ guesses: box.checked ? null : "0" }); redraw(); } });
  box.checked = context.params.get("guesses") !== "0";
  return h("label", { class: "check" }, box, " Count guessed edges");
}
