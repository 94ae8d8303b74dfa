// Documentation: what cards admit, by kind of model, beside published figures; who is silent; what derivatives lose.

import { choice, h } from "../dom.js";
import { format } from "../format.js";
import { bars, colours, distinct, figure, guessSwitch, intervals, legend, part, records, refill, totals } from "../charts.js";

export const title = "Documentation";
export const method = "cards";
export const doesNotSay = [
  "A filled section is not a good one: depth says how specific the documentation of bias is.",
  "A card that says nothing does not show that its author knows nothing.",
  "Published figures have other denominators and other rules for templates; the table states them.",
];

const KINDS = { popularity: "popularity (quartile within the month)", year: "year of creation", task: "task", license: "licence", relation: "relation to the parent", author_kind: "kind of author", library: "library" };
const SUBJECTS = ["bias", "limitations", "risks", "ethics", "out_of_scope", "recommendations", "environment", "training_data", "evaluation", "intended_use"];

export async function render(element, context) {
  const { tables } = await context.data.page("documentation");
  const strata = h("div", {});
  const lost = h("div", {});
  const drawStrata = () => refill(strata, () => byStratum(tables.rates, context, drawStrata));
  const drawLost = () => refill(lost, () => inheritance(tables.inheritance, context, drawLost));
  drawStrata();
  drawLost();
  element.append(
    h("header", {}, h("h1", {}, title), h("p", { class: "lead" }, "How many cards document limits, bias and risks in words of their own, where templates and copied texts do not count.")),
    overall(tables, context), strata, silence(tables.silence, context),
    figure(tables.silent, { name: "popular_and_silent", context, shown: 20 }),
    lost, figure(tables.lost, { name: "lost_warnings", context, shown: 10 }),
    h("div", { class: "two" }, depth(tables.depth, context), terms(tables.terms, context)),
    figure(tables.shared, { name: "shared_texts", context, shown: 10 }),
  );
}

function overall(tables, context) {
  const published = new Map(records(tables.published).map((row) => [row.section_class, row]));
  const rows = records(tables.rates).filter((row) => row.stratum === "all").toSorted((a, b) => b.filled_share - a.filled_share)
    .map((row) => ({ ...row, published_share: published.get(row.section_class)?.published_share ?? null }));
  const cards = rows[0]?.cards ?? 0;
  return h("div", { class: "group" },
    figure(part(tables.rates, { rows }), { name: "filled_sections", context, title: `Cards that fill a section with own words (n = ${format.number(cards)} cards with text)`, note: "Templates, placeholders and texts that a hundred cards share do not count. The intervals are 95 % Wilson intervals.",
      key: legend({ domain: ["this snapshot, with 95 % interval", "published by others (diamond)"], range: ["var(--c1)", "var(--c6)"] }),
      label: "Points: share of cards that fill each section; diamonds: the share as published by others.",
      columns: ["section_class", "filled", "cards", "filled_share", "filled_share_low", "filled_share_high"],
      draw: intervals(rows, { value: "filled_share", low: "filled_share_low", high: "filled_share_high", label: "section_class", other: "published_share", xLabel: "of cards with text",
        note: (row) => (row.published_share === null ? `${format.number(row.filled)} of ${format.number(row.cards)}` : `published: ${format.share(row.published_share)}`) }) }),
    figure(tables.published, { name: "published_documentation", context }));
}

function byStratum(table, context, redraw) {
  const all = records(table);
  const kinds = Object.entries(KINDS).filter(([kind]) => all.some((row) => row.stratum.startsWith(`${kind}:`)));
  const kind = kinds.some(([name]) => name === context.params.get("by")) ? context.params.get("by") : kinds[0]?.[0];
  const subject = SUBJECTS.includes(context.params.get("subject")) ? context.params.get("subject") : "bias";
  const rows = all.filter((row) => row.section_class === subject && row.stratum.startsWith(`${kind}:`)).map((row) => ({ ...row, stratum: row.stratum.slice(kind.length + 1) }));
  if (kind !== "year" && kind !== "popularity") rows.sort((a, b) => b.filled_share - a.filled_share);
  const controls = h("div", { class: "choices" },
    choice("Subject", subject, SUBJECTS.map((name) => [name, name.replaceAll("_", " ")]), (value) => { context.setParams({ subject: value }); redraw(); }),
    choice("By", kind, kinds, (value) => { context.setParams({ by: value }); redraw(); }));
  return figure(part(table, { rows }), { name: "filled_by_stratum", context, controls, title: `Cards that document ${subject.replaceAll("_", " ")}, by ${KINDS[kind] ?? "kind of model"}`,
    label: "Points: share of cards of each group, with 95 % intervals.",
    draw: intervals(rows, { value: "filled_share", low: "filled_share_low", high: "filled_share_high", label: "stratum", xLabel: "of cards with text", note: (row) => `${format.number(row.filled)} of ${format.number(row.cards)} cards` }) });
}

function silence(table, context) {
  const rows = records(table);
  const tops = distinct(rows, "top");
  const top = tops.includes(1000) ? 1000 : tops[0];
  const shown = rows.filter((row) => row.top === top);
  return figure(table, { name: "silence", context, title: `Of the ${format.number(shown[0]?.models)} most downloaded models with a card, those that say nothing on a subject`, label: "Bars: share of silent models.",
    draw: bars(shown, { value: "silent_share", label: "section_class", type: "share", xLabel: "of these models", note: (row) => `${format.number(row.silent)} of ${format.number(row.models)} models` }) });
}

const FATES = { repeated: "says something itself", linked: "lost, but names the parent", gone: "lost" };

function inheritance(table, context, redraw) {
  const withGuesses = context.params.get("guesses") !== "0";
  const counted = totals(records(table).filter((row) => withGuesses || !row.is_guessed), ["section_class"], ["pairs", "without_card", "lost", "lost_but_linked"]);
  const rows = counted.map((row) => ({ ...row, lost_share: row.lost / row.pairs })).toSorted((a, b) => b.pairs - a.pairs);
  const parts = rows.flatMap((row) => [["repeated", row.pairs - row.lost], ["linked", row.lost_but_linked], ["gone", row.lost - row.lost_but_linked]]
    .map(([fate, pairs]) => ({ section_class: row.section_class, fate: FATES[fate], share: pairs / row.pairs, pairs })));
  const scale = { domain: Object.values(FATES), range: ["var(--c1)", "var(--c2)", "var(--c6)"] };
  return figure(part(table, { rows, counts_guesses: withGuesses, columns: ["section_class", "pairs", "without_card", "lost", "lost_but_linked", "lost_share"] }), {
    name: "warnings_lost", context, controls: h("div", { class: "choices" }, guessSwitch(context, redraw)), key: legend(scale),
    label: "Bars: parts of the derivatives whose card repeats a warning, only names the parent, or does neither.",
    draw: bars(parts, { value: "share", label: "section_class", by: "fate", scale, type: "share", xLabel: "of derivatives of a parent that warns", note: (row) => `${format.number(row.pairs)} derivatives` }) });
}

const DEPTHS = ["0: nothing", "1: a mention", "2: own words", "3: specific", "4: with results"];

function depth(table, context) {
  return figure(table, { name: "depth_of_bias", context, label: "Bars: share of cards of each depth.",
    draw: bars(records(table), { value: "models_share", label: "depth", type: "share", xLabel: "of cards with text", text: (value) => DEPTHS[value] ?? String(value), note: (row) => `${format.number(row.models)} cards` }) });
}

function terms(table, context) {
  const rows = records(table).slice(0, 20);
  const scale = colours(distinct(rows, "topic"));
  return figure(table, { name: "terms", context, key: legend(scale), label: "Bars: number of cards that use each term.", draw: bars(rows, { value: "cards", label: "term", by: "topic", scale, xLabel: "cards" }) });
}
