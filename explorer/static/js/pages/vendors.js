// Vendors: who releases what, who builds on whom, how soon others move on, and where publishers are.

import { h } from "../dom.js";
import { format } from "../format.js";
import { bars, distinct, figure, guessSwitch, legend, matrix, part, records, refill, scatter, totals } from "../charts.js";

export const title = "Vendors";
export const method = "vendors";
export const doesNotSay = [
  "A series is read from names: a claim, not a proof.",
  "A country is that of the headquarters of the publishing organisation. Persons and unlisted organisations have none, so a country's share is a lower bound.",
  "What others build on is not what is best.",
];

export async function render(element, context) {
  const { tables } = await context.data.page("vendors");
  const flow = h("div", {});
  const drawFlow = () => refill(flow, () => exchange(tables.flow, context, drawFlow));
  drawFlow();
  const series = records(tables.series).filter((row) => row.first_at && row.descendants_by_others > 0);
  element.append(
    h("header", {}, h("h1", {}, title), h("p", { class: "lead" }, "Which organisations release models, who builds on them, and how soon others move to the next series.")),
    profiles(tables.profiles, context),
    figure(tables.series, { name: "vendor_series", context, shown: 15, label: "Points: series by first release and number of descendants by other vendors, on a logarithmic scale.",
      draw: scatter(series, { x: "first_at", y: "descendants_by_others", names: "series", yLabel: "descendants by others", title: (row) => `${row.series} (${row.vendor})\n${format.date(row.first_at)}: ${format.number(row.descendants_by_others)} descendants by others\nfirst after ${row.first_other_derivative_days ?? "an unknown number of"} days` }) }),
    succession(tables.succession, context), flow,
    figure(tables.cadence, { name: "release_cadence", context, shown: 15, label: "Bars: median days between releases.", draw: bars(records(tables.cadence).filter((row) => row.median_days_between !== null).slice(0, 20), { value: "median_days_between", label: "vendor", text: String, xLabel: "median days between releases", note: (row) => `${format.number(row.releases)} releases${row.is_dormant ? "; dormant" : ""}` }) }),
    countries(tables.countries, context),
    figure(tables.institutions, { name: "institutions", context, shown: 15 }),
    figure(tables.concentration, { name: "concentration", context }),
  );
}

function profiles(table, context) {
  return figure(table, { name: "vendor_profiles", context, shown: 15, label: "Bars: models of others that derive directly from the vendor's.",
    draw: bars(records(table).slice(0, 20), { value: "models_by_others", label: "vendor", text: String, xLabel: "models by others", note: (row) => `${format.plural(row.releases, "release")}, ${format.compact(row.downloads_30d)} downloads in 30 days${row.country ? `, ${row.country}` : ""}` }) });
}

const STAYED = { domain: ["derive from the old series", "derive from the new one"], range: ["var(--other)", "var(--c1)"] };

function succession(table, context) {
  const rows = records(table).slice(0, 20);
  const parts = rows.flatMap((row) => [[STAYED.domain[0], row.derivatives_after], [STAYED.domain[1], row.derivatives_of_next]].map(([side, count]) => ({ step: `${row.series} to ${row.next_series}`, side, count, days: row.days_between })));
  return figure(table, { name: "series_succession", context, shown: 15, none: "No series has a successor on which others build.", key: legend(STAYED), label: "Bars: derivatives by other vendors in the 90 days from the new series on, of the old and of the new one.",
    draw: bars(parts, { value: "count", label: "step", by: "side", scale: STAYED, text: String, xLabel: "derivatives by others in 90 days", note: (row) => `the new series came after ${format.number(row.days)} days` }) });
}

function exchange(table, context, redraw) {
  const withGuesses = context.params.get("guesses") !== "0";
  const rows = records(table).map((row) => (withGuesses ? row : { ...row, models: row.models - row.models_guessed }));
  const cells = new Map(rows.map((row) => [`${row.parent_author}\n${row.child_author}`, row]));
  const bySize = (name) => distinct(totals(rows, [name], ["models"]).toSorted((a, b) => last(a[name]) - last(b[name]) || b.models - a.models), name);
  const grid = () => matrix({
    caption: "Rows: whose models are derived from. Columns: who derives.", corner: "parent ↓ derived by →", rows: bySize("parent_author"), columns: bySize("child_author"),
    cell: (row, column) => cells.get(`${row}\n${column}`), count: (row) => row.models, describe: (row, column, cell) => `${format.number(cell.models)} models of ${column} derive from ${row}`,
  });
  return figure(part(table, { rows, counts_guesses: withGuesses, columns: ["parent_author", "child_author", "models", "downloads_30d"] }), { name: "vendor_flow", context, controls: h("div", { class: "choices" }, guessSwitch(context, redraw)), content: rows.length ? grid() : null });
}

const last = (name) => (name === "(others)" ? 2 : name === "(itself)" ? 1 : 0);

function countries(table, context) {
  const rows = records(table);
  const coverage = rows[0] ? `known for ${format.share(rows[0].downloads_coverage_share)} of downloads by publisher and ${format.share(rows[0].origin_coverage_share)} by root` : "";
  return figure(table, { name: "publisher_countries", context, title: `Countries of publishers and of the publishers of roots (${coverage})`, label: "Bars: share of the downloads of 30 days by the publisher's country.",
    draw: bars(rows.slice(0, 20), { value: "downloads_by_publisher_share", label: "country", type: "share", xLabel: "of downloads of 30 days, by publisher", note: (row) => `by root: ${format.share(row.downloads_by_origin_share)}; of models: ${format.share(row.models_share)}${row.published_share === null ? "" : `; published: ${format.share(row.published_share)}`}` }) });
}
