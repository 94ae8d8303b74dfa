import { choice, empty, h } from "../dom.js";
import { offerDownload } from "../download.js";
import { format, valueOf } from "../format.js";
import { dataTable } from "../table.js";
import { declared, part, records } from "../charts.js";

/**
 * Fills a page with the tables of its file, in their order, and returns its content. `own` draws some of them otherwise: a function of the
 * table, all tables and the content.
 */
export async function showPage(element, context, name, own = {}) {
  const content = await context.data.page(name);
  const parts = Object.entries(content.tables).map(([key, table]) => {
    const drawn = own[key] ? own[key](table, content.tables, content) : declared(table, context, key);
    return table.section ? h("div", { class: "group", id: `section-${key}`, tabindex: "-1", role: "group", "aria-label": table.section }, drawn) : drawn;
  });
  const sections = Object.entries(content.tables).filter(([, table]) => table.section);
  const go = (key) => (event) => {
    event.preventDefault();
    const section = document.getElementById(`section-${key}`);
    section.scrollIntoView();
    section.focus({ preventScroll: true });
  };
  element.append(
    h("header", {}, h("h1", {}, content.title), h("p", { class: "lead" }, content.lead),
      sections.length ? h("ul", { class: "contents" }, sections.map(([key, table]) => h("li", {}, h("a", { href: `#/${name}`, onclick: go(key) }, table.section)))) : null),
    ...parts.flat().filter(Boolean));
  return content;
}

export function redrawn(content) {
  const place = h("div", { class: "group" });
  const controls = () => [...place.querySelectorAll("select, input")];
  const redraw = () => {
    const used = controls().indexOf(document.activeElement);
    place.replaceChildren(...[content(redraw)].flat().filter(Boolean));
    controls()[used]?.focus();
  };
  redraw();
  return place;
}

export const addressed = (context, redraw, label, key, value, options) => choice(label, value, options, (chosen) => { context.setParams({ [key]: chosen || null }); redraw(); });

/** A switch for edges that nobody declared; its state is in the address as guesses=0. */
export function guessSwitch(context, redraw) {
  const box = h("input", { type: "checkbox", onchange: () => { context.setParams({ guesses: box.checked ? null : "0" }); redraw(); } });
  box.checked = countsGuesses(context);
  return h("label", { class: "check" }, box, " Count guessed edges");
}

const KINDS = { year: "year of creation", author_kind: "kind of author", license: "licence", license_class: "class of licence", relation: "relation to the parent" };
const ENDS = { "quartile-1": "quartile-1, least popular", "quartile-4": "quartile-4, most popular" };
export const countsGuesses = (context) => context.params.get("guesses") !== "0";

/** A figure of one kind of groups: a share with its interval for each group; the kind is in the address as by=. */
export function byGroup(table, context, name, { rows = records(table), kinds = ["year"], chart, title, controls = () => null }) {
  return redrawn((redraw) => {
    const found = [...new Set([...kinds, ...rows.map((row) => row.stratum.split(":")[0])])].filter((kind) => rows.some((row) => row.stratum.startsWith(`${kind}:`))).map((kind) => [kind, KINDS[kind] ?? kind]);
    const kind = found.some(([one]) => one === context.params.get("by")) ? context.params.get("by") : found[0]?.[0] ?? "all";
    const subject = controls(redraw);
    const counted = rows.filter((row) => !subject || row.section_class === subject.value);
    const reference = counted.find((row) => row.stratum === "all")?.[chart.value];
    const shown = counted.filter((row) => row.stratum.startsWith(`${kind}:`)).map((row) => {
      const stratum = row.stratum.slice(kind.length + 1);
      return { ...row, stratum: valueOf(ENDS, stratum) ?? stratum };
    });
    if (kind !== "year" && kind !== "popularity") shown.sort((a, b) => b[chart.value] - a[chart.value]);
    return declared(part(table, { rows: shown }), context, name, {
      chart: { kind: "intervals", says: "Share of each group, with its 95% interval.", label: "stratum", reference, ...chart },
      note: `${table.note} The dashed line is the share of all: ${format.share(reference)}.`,
      title: `${title(subject?.value)}, by ${KINDS[kind] ?? kind}`, controls: h("div", { class: "choices" }, subject?.element, addressed(context, redraw, "By", "by", kind, found)),
    });
  });
}

/**
 * A matrix as a table: in each cell a count, and a bar of its `parts(cell)` as [[kind, count], ...]. `describe` says a cell in words;
 * `selected(row, column)` marks one; `onselect(row, column)` is called for a press.
 */
export function matrix({ caption, rows, columns, corner, cell, count, parts, describe, selected, onselect }) {
  const isSum = (name) => name.startsWith("("); // (other), (none): their counts would pale all others
  const most = Math.max(1, ...rows.flatMap((row) => columns.map((column) => (cell(row, column) && !isSum(row) && !isSum(column) ? count(cell(row, column)) : 0))));
  const place = (row, column) => {
    const found = cell(row, column);
    if (!found || !count(found)) return h("td", {}, h("span", { class: "hidden" }, "none"));
    const total = count(found);
    const bar = parts ? h("span", { class: "parts", "aria-hidden": "true" }, parts(found).filter(([, n]) => n > 0).map(([kind, n]) => h("span", { class: `part ${kind}`, style: { "--part": n / total } }))) : null;
    const title = describe(row, column, found);
    const content = [h("span", { class: "count" }, format.compact(total)), bar];
    return h("td", { style: { "--heat": Math.min(1, Math.sqrt(total / most)) } }, onselect
      ? h("button", { type: "button", "aria-label": title, title, "aria-pressed": String(Boolean(selected?.(row, column))), onclick: () => onselect(row, column) }, content)
      : h("span", { title }, content));
  };
  return h("div", { class: "scroll matrix", tabindex: "0", role: "region", "aria-label": caption }, h("table", {}, h("caption", {}, caption),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, corner), columns.map((column) => h("th", { scope: "col" }, h("span", {}, column))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row), columns.map((column) => place(row, column)))))));
}

/**
 * The list behind a cell of a matrix, which has `count` of `unit`: the most downloaded ones from the file, which are `listed`, and on the
 * server all of `query`, as the address says by all=1.
 */
export function cellList({ caption, listed, count, unit, isSum, query, note, name, context }) {
  const { params, setParams, data, manifest } = context;
  const place = h("div", {});
  const show = (table, text) => {
    offerDownload(name, table.columns, table.rows);
    return [table.rows.length ? dataTable({ ...table, note: text }, { name: "cell", caption, params, setParams }) : empty(count ? "Models behind a sum are only counted here." : "Nothing in this cell is in the selection.")];
  };
  const most = listed.rows.length;
  place.replaceChildren(...show(listed, `${count > most ? `The ${most} with most downloads of ` : ""}${format.plural(count, unit)}.${note}`));
  const readAll = () => {
    all.remove();
    fill(place, "Reading all of them …", async () => {
      const found = await data.sql(query);
      return show({ columns: listed.columns, rows: found.rows }, found.truncated ? "The first 1,000 by downloads." : `All ${format.number(found.rows.length)}.`);
    });
  };
  const all = h("button", { type: "button", onclick: () => { setParams({ all: 1 }); readAll(); document.getElementById("cell-list").focus(); } }, `List all ${unit}s, up to 1,000`);
  if (params.get("all") && manifest.server && !isSum) readAll();
  return h("section", { class: "figure" }, h("h2", { id: "cell-list", tabindex: "-1" }, caption), place,
    isSum ? h("p", { class: "note" }, "Names in parentheses are sums of others.") : !manifest.server ? h("p", { class: "note" }, "The complete list needs the local server: hublake explore.") : params.get("all") ? null : all);
}

export const literal = (text) => `'${text.replaceAll("'", "''")}'`;

/** What a place shows while `read` runs: its elements, or the sentence of its error. */
export async function fill(place, waiting, read) {
  place.replaceChildren(h("p", { class: "message loading" }, waiting));
  try {
    place.replaceChildren(...(await read()).filter(Boolean));
  } catch (error) {
    place.replaceChildren(h("p", { class: "message error", role: "alert" }, error.message));
  }
}
