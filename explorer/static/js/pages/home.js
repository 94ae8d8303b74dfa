// Home: what the snapshot contains, and four doors into it.

import { empty, h } from "../dom.js";
import { bars, columns, figure, records } from "../charts.js";
import { format } from "../format.js";

export const title = "The Hub at a glance";
export const method = "README";
export const doesNotSay = [
  "Impact is what others build on a model. It is not quality.",
  "Models that were deleted before the first crawl are in no figure.",
  "Edges are what authors, the Hub or names state. They are no proof of what is in the weights.",
];

const DOORS = [
  ["A model", "Who builds on it, what it may be used for, what its card admits.", null],
  ["A family", "The map of all connected models: families, hubs and how they grew.", "#/map"],
  ["A licence question", "What derivatives do with their parent's licence; check a list of models.", "#/licenses"],
  ["The tables", "What each column means, how the checks ended, snippets and SQL.", "#/data"],
];

export async function render(element, context) {
  const { tables } = await context.data.page("home");
  element.append(
    h("header", {}, h("h1", {}, title), h("p", { class: "lead" }, "Who derives from whom, who matters, what models may be used for, and what their cards admit, for every model of the snapshot.")),
    h("ul", { class: "doors" }, DOORS.map(door)),
    headlines(tables.headlines, context),
    h("div", { class: "beside" }, picture(context.manifest), figure(tables.types, {
      name: "models_by_type", context, label: "Bars: number of models of each type.", draw: bars(records(tables.types), { value: "models", label: "type", xLabel: "models" }),
    })),
    figure(tables.growth, { name: "new_models", context, label: "Columns: listed models by month of creation.", draw: columns(records(tables.growth), { x: "month", y: "new_models", yLabel: "new models a month" }) }),
    figure(tables.top, { name: "top_models", context }),
  );
}

function door([name, sentence, href]) {
  const content = [h("strong", {}, name), h("span", {}, sentence)];
  const search = () => document.getElementById("search").focus();
  return h("li", {}, href ? h("a", { class: "card door", href }, content) : h("a", { class: "card door", href: "#/", onclick: (event) => { event.preventDefault(); search(); } }, content));
}

function headlines(table, context) {
  const entry = (row) => {
    const isShare = row.share !== null && row.of;
    const main = isShare ? format.share(row.share) : row.value === null ? "not built" : format.number(row.value);
    const counts = row.value !== null && row.total !== null ? `${format.number(row.value)} of ${format.number(row.total)} ${row.of}` : row.of;
    const interval = row.share_low === null ? "" : `; 95 % interval ${format.share(row.share_low)} to ${format.share(row.share_high)}`;
    return h("div", {}, h("dt", {}, row.figure), h("dd", {}, h("a", { href: `#/${row.page}` }, main)), counts ? h("dd", { class: "note" }, `${counts}${interval}`) : null);
  };
  const cards = h("dl", { class: "figures headlines" }, records(table).map(entry));
  return figure(table, { name: "headlines", context, content: cards, columns: ["figure", "value", "of", "total", "share", "share_low", "share_high", "source"] });
}

function picture(manifest) {
  const heading = h("h2", {}, "The map of families");
  if (!manifest.parts?.["map/map.png"]) return h("section", {}, heading, empty("The picture of the map is not in these data."), h("p", {}, h("a", { href: "#/map" }, "Open the map")));
  const text = `Each disc is a family: a root in the middle, what derives from it around it. ${format.number(manifest.connected)} connected models, ${format.number(manifest.families)} families.`;
  return h("section", { class: "picture" }, heading, h("a", { href: "#/map" }, h("img", { src: "data/map/map.png", alt: `Map of the families. ${text}`, width: 1200, height: 1200, loading: "lazy" })), h("p", { class: "note" }, text));
}
