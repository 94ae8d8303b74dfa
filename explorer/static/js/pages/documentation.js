import { h } from "../dom.js";
import { declared, legend, part, records, totals } from "../charts.js";
import { format } from "../format.js";
import { addressed, byGroup, countsGuesses, guessSwitch, redrawn, showPage } from "./frame.js";

export const title = "Documentation";
export const method = "cards";

const RATE = { kind: "intervals", value: "filled_share", low: "filled_share_low", high: "filled_share_high", unit: "of cards with text", also: ["filled", "cards"] };
const { words } = format;

export function render(element, context) {
  return showPage(element, context, "documentation", {
    rates: (table, { published }) => [overall(table, published, context), table.rows.length ? groups(table, context) : null],
    inheritance: (table) => redrawn((redraw) => inheritance(table, context, redraw)),
  });
}

function overall(table, published, context) {
  const others = new Map(published.rows.length ? records(published).map((row) => [row.section_class, row.published_share]) : []);
  const column = { name: "published_share", type: "share", label: "published share" };
  const rows = records(table).filter((row) => row.stratum === "all").sort((a, b) => b.filled_share - a.filled_share).map((row) => ({ ...row, published_share: others.get(row.section_class) ?? null }));
  return declared(part({ ...table, columns: [...table.columns, column] }, { rows }), context, "filled_sections", {
    title: rows.length ? `${table.title} (n = ${format.number(rows[0].cards)} cards with text)` : table.title,
    chart: { ...RATE, label: "section_class", other: "published_share", says: "Share of cards that fill each section; diamonds: as published by others.", also: ["filled", "cards", "published_share"] },
    key: legend({ domain: ["this snapshot, with 95% interval", "published by others (diamond)"], range: ["var(--c1)", "var(--c6)"] }),
  });
}

function groups(table, context) {
  const rows = records(table);
  const subjects = [...new Set(rows.filter((row) => row.stratum !== "all").map((row) => row.section_class))];
  const controls = (redraw) => {
    const value = subjects.includes(context.params.get("subject")) ? context.params.get("subject") : "bias";
    return { value, element: addressed(context, redraw, "Subject", "subject", value, subjects.map((name) => [name, words(name)])) };
  };
  return byGroup(table, context, "filled_by_group", { rows, kinds: ["popularity", "year"], chart: RATE, controls, title: (subject) => `Cards that document ${words(subject)}` });
}

function inheritance(table, context, redraw) {
  const withGuesses = countsGuesses(context);
  const counts = ["pairs", "without_card", "lost", "lost_but_linked"];
  const rows = totals(records(table).filter((row) => withGuesses || !row.is_guessed), ["section_class"], counts)
    .map((row) => ({ ...row, lost_share: row.lost / row.pairs, repeated: 1 - row.lost / row.pairs, linked: row.lost_but_linked / row.pairs, gone: (row.lost - row.lost_but_linked) / row.pairs }));
  const shares = ["repeated", "linked", "gone"].map((name) => ({ name, type: "share", label: name }));
  return declared(part({ ...table, columns: [...table.columns, ...shares] }, { rows, counts_guesses: withGuesses }), context, "inheritance", {
    columns: ["section_class", ...counts, "lost_share"], controls: h("div", { class: "choices" }, guessSwitch(context, redraw)),
    chart: { kind: "bars", says: "Parts of the derivatives.", label: "section_class", parts: { repeated: "says something itself", linked: "lost, but names the parent", gone: "lost" },
      colours: { "says something itself": "--c1", "lost, but names the parent": "--c2", lost: "--c6" }, unit: "of derivatives of a parent that warns", also: ["pairs"] },
  });
}
