import { empty, h } from "../dom.js";
import { declared, figure, records } from "../charts.js";
import { format } from "../format.js";
import { showPage } from "./frame.js";

export const title = "The Hub at a glance";

const doors = (entries) => h("ul", { class: "doors" }, entries.map(([name, sentence, href]) => h("li", {}, h("a", { class: "card door", href, onclick: (event) => {
    if (href !== "#/") return;
    event.preventDefault();
    document.getElementById("search").focus();
  } }, h("strong", {}, name), h("span", {}, sentence)))));
export function render(element, context) {
  return showPage(element, context, "home", {
    headlines: (table, { types }, content) => [doors(content.doors), headlines(table, context), h("div", { class: "beside" }, picture(context.manifest), declared(types, context, "types"))],
    types: () => null,
  });
}

function headlines(table, context) {
  const entry = (row) => {
    const main = row.total === 0 ? "unknown" : row.share !== null && row.of ? format.share(row.share) : row.value === null ? "not built" : format.number(row.value);
    const counts = row.value !== null && row.total !== null ? `${format.number(row.value)} of ${format.number(row.total)} ${row.of}` : row.of;
    const interval = row.share_low === null ? "" : `; 95% interval ${format.share(row.share_low)} to ${format.share(row.share_high)}`;
    return h("div", {}, h("dt", {}, row.figure), h("dd", {}, h("a", { href: `#/${row.page}` }, main)), counts ? h("dd", { class: "note" }, `${counts}${interval}`) : null);
  };
  return figure(table, { name: "headlines", context, content: h("dl", { class: "figures headlines" }, records(table).map(entry)), columns: ["figure", "value", "of", "total", "share", "share_low", "share_high", "source"] });
}

function picture({ parts, connected, families }) {
  const text = `Each disc is a family: a root in the middle, what derives from it around it. ${format.number(connected)} connected models, ${format.plural(families, "family", "families")}; a model with several roots is in one of them.`;
  return h("section", { class: "picture" }, h("h2", {}, "The map of families"), h("p", { class: "note" }, text), parts?.["map/map.png"]
    ? h("a", { href: "#/map" }, h("img", { src: "data/map/map.png", alt: `Open the map. ${text}`, loading: "lazy" })) : [empty("The picture of the map is not in these data."), h("p", {}, h("a", { href: "#/map" }, "Open the map"))]);
}
