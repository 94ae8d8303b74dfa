import { familyAddress, h, modelAddress } from "../dom.js";
import { format, monthAt } from "../format.js";
import { columnsOf, dataTable } from "../table.js";

const RELATIVES = 20;
const WORDS = { relation: "Derives as", license_class: "Licence class", task: "Task", country: "Country of the vendor", language: "Declared language", documentation: "Its card documents" };

/** The least number of downloads in a bucket: 0 is unknown, b begins at 2 ** (b - 1) - 1. */
export const leastDownloads = (bucket) => 2 ** (bucket - 1) - 1;
export const downloadsText = (bucket) => (bucket === 0 ? "unknown" : bucket === 1 ? "0" : `at least ${format.number(leastDownloads(bucket))}`);

export const monthText = (months) => (months === 65535 ? "unknown" : format.month(monthAt(months)));

export const wordFor = (attribute) => WORDS[attribute];

function lineage(graph, names, node, select) {
  const { relation: words } = graph.manifest.vocabularies;
  const item = (one, edge, ...inner) => h("li", {},
    h("span", { class: "branch" }, edge === null ? null : h("span", { class: "relation", dataset: { relation: words[graph.edgeRelation[edge]] } }, format.words(words[graph.edgeRelation[edge]])),
      one === node ? h("strong", {}, names.name(one)) : h("button", { type: "button", class: "link", onclick: () => select(one) }, names.name(one))), inner);
  const children = graph.children(node).filter(({ edge }) => graph.counts(edge));
  let tree = h("ul", {}, children.slice(0, RELATIVES).map((child) => item(child.node, child.edge,
    graph.childCount(child.node) ? h("span", { class: "note" }, ` ${format.plural(graph.childCount(child.node), "derivative")}`) : null)),
  children.length > RELATIVES ? h("li", { class: "note" }, `and ${format.number(children.length - RELATIVES)} more: see its page`) : null);
  const path = [{ node, edge: null }, ...graph.ancestors(node)];
  path.forEach(({ node: one }, at) => {
    tree = h("ul", {}, item(one, path[at + 1]?.edge ?? null, tree));
  });
  tree.className = "lineage";
  return tree;
}

export function relativeRows(graph, names, node) {
  const { relation, evidence } = graph.manifest.vocabularies;
  const row = (side) => ({ node: one, edge }) => [side, names.name(one), relation[graph.edgeRelation[edge]], evidence[graph.edgeEvidence[edge]]];
  return [...graph.parents(node).map(row("parent")), ...graph.children(node).map(row("derivative"))];
}
export const RELATIVE_COLUMNS = ["side", "model", "relation", "evidence"];

export function selectionPanel({ graph, names, node, values, select, clear }) {
  const name = names.name(node);
  const parents = graph.parents(node);
  const others = parents.slice(1);
  const { relation, evidence } = graph.manifest.vocabularies;
  const root = graph.ancestors(node).at(-1)?.node ?? node;
  return h("section", { class: "selection", "aria-label": "Selected model" },
    h("div", { class: "heading" }, h("h2", { tabindex: "-1" }, name), h("button", { type: "button", class: "quiet", onclick: clear, "aria-label": "Clear the selection" }, "×")),
    h("p", { class: "links" }, h("a", { href: modelAddress(name) }, "All facts"), h("a", { href: familyAddress(names.name(root)) }, "Its family")),
    h("dl", { class: "facts" }, Object.entries(values).map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]),
      h("dt", {}, "Direct derivatives"), h("dd", {}, format.number(graph.childCount(node)))),
    h("h3", {}, "Lineage"), lineage(graph, names, node, select),
    parents.length ? [h("h3", {}, parents.length > 1 ? `Its ${parents.length} parents` : "Its parent"),
      dataTable({ columns: columnsOf("model:model:Parent; relation:words; evidence:words"),
        rows: parents.map((one) => [names.name(one.node), relation[graph.edgeRelation[one.edge]], evidence[graph.edgeEvidence[one.edge]], one.node]).map((row) => row.slice(0, 3)) },
      { name: "parents", caption: "Parents and the evidence of each edge" })] : h("p", { class: "note" }, "It is a root: no parent is known."),
    others.length ? h("p", { class: "note" }, "The lineage above follows the parent with the strongest evidence, then the one with the highest impact.") : null);
}

export function familiesPanel({ rows, params, setParams, go }) {
  const columns = columnsOf("root::Root of the family; members:number:Models; share:share");
  return h("section", {}, h("h2", {}, "Largest families"),
    dataTable({ columns, rows, note: "Share of the connected models. A model of several families counts in that of its main parent." },
      { name: "families", caption: "Largest families by models", params, setParams, onRow: go, shown: 15 }));
}

export function lassoPanel({ count, rows, columns, select, clear }) {
  return h("section", { class: "lasso" }, h("div", { class: "heading" }, h("h2", {}, `${format.plural(count, "model")} taken`),
    h("button", { type: "button", class: "quiet", onclick: clear, "aria-label": "Drop the models taken" }, "×")),
    h("p", { class: "note" }, "Download at the foot of the page, with coordinates. The first by impact:"),
    dataTable({ columns: columns.slice(0, 2), rows: rows.map((row) => row.slice(0, 2)) }, { name: "taken", caption: "Models taken, by impact", onRow: (row) => select(row[0]), shown: 10 }));
}
