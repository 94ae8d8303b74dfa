// A model, or its root, and all that descends from it by main parents, counted from the arrays of the map.

import { declared } from "../charts.js";
import { DataError } from "../data.js";
import { choice, familyAddress, figures, h, modelAddress } from "../dom.js";
import { format, monthAt } from "../format.js";
import { graphPicture, LAYOUTS } from "../force.js";
import { Graph } from "../map/graph.js";
import { names as loadNames } from "../names.js";
import { columnsOf } from "../table.js";
import { relationColor } from "../tree.js";
import { redrawn } from "./frame.js";

export const title = "A family";
export const method = "lineage";

const WORDS = { license_class: "Licence classes", task: "Tasks", country: "Countries of vendors", language: "Declared languages", documentation: "What the cards document" };
const NOTES = { documentation: "Depth of documentation of limits, bias and risks, 0 to 4; no card with text: none was fetched; unknown: the depth is not measured in its language." };
const FLOOR = "March 2022 includes what is older.";

export async function render(element, context) {
  const { id, data, manifest, params } = context;
  const [graph, names] = await Promise.all([Graph.load(manifest, "relation"), loadNames()]);
  const asked = names.index(id);
  if (asked < 0) throw new DataError(`${id || "No model"} is not in a family: press / and choose a connected model.`);
  await graph.loadEdges();
  const top = graph.ancestors(asked).at(-1)?.node ?? asked;
  const root = graph.children(asked).length && !params.has("of") ? asked : top;
  const { members, generations, depth } = descend(graph, root);
  const months = await data.u16("map/month.u16.gz", "The dates of models");
  const values = {};
  for (const name of ["relation", ...Object.keys(WORDS), "downloads"]) values[name] = await graph.attribute(name);
  const word = (name, node) => manifest.vocabularies[name][values[name][node]];
  const table = (heading, labels, rows, note) => ({ title: heading, columns: columnsOf(labels), rows: rows.map(Object.values), source: "silver.lineage_edges and silver.models, as on the map", note });
  const show = (name, made, options) => declared(made, context, name, { shown: 12, ...options });
  const relations = manifest.vocabularies.relation;
  const scale = { domain: relations, range: relations.map((relation) => relationColor(manifest, relation)) };

  const byMonth = counted(members.filter((node) => months[node] !== 65535), (node) => [monthAt(months[node]), word("relation", node)]).map(([[month, relation], models]) => ({ month, relation, models })).sort((one, other) => one.month.localeCompare(other.month));
  const undated = members.filter((node) => months[node] === 65535).length;
  const byGeneration = counted(members, (node) => [generations.get(node), word("relation", node)]).map(([[generation, relation], models]) => ({ generation, relation, models })).sort((one, other) => one.generation - other.generation);
  const byAuthor = counted(members, (node) => [names.name(node).split("/")[0]]).map(([[author], models]) => ({ author, models, share: models / members.length }));
  const license = word("license_class", root);
  const isKnown = (node) => !["unknown", "undeclared"].includes(word("license_class", node));
  const known = members.filter((node) => node !== root && isKnown(node));
  const others = known.filter((node) => word("license_class", node) !== license).length;
  const rows = members.slice(0, 1000).map((node) => ({ model: names.name(node), relation: word("relation", node), generation: generations.get(node), license: word("license_class", node), documentation: word("documentation", node), month: months[node] === 65535 ? null : monthAt(months[node]) }));
  const name = names.name(root);
  element.append(
    h("header", {}, h("h1", {}, `Family of ${name}`), h("p", { class: "lead" }, asked === root ? "A model and everything that descends from it by main parents." : `${id} descends from this root.`),
      h("p", { class: "links" }, h("a", { href: `#/map?${new URLSearchParams({ model: name })}` }, "Show it on the map"), h("a", { href: modelAddress(name) }, "All facts on it"), top === root ? null : h("a", { href: familyAddress(names.name(top)) }, `Family of ${names.name(top)}`))),
    figures([["Models", format.number(members.length), `${format.share(members.length / graph.count)} of the models on the map`], ["Generations", format.number(depth), "below it"],
      ["Authors", format.number(byAuthor.length)], ["Another licence class", isKnown(root) && known.length ? format.share(others / known.length) : "no figure", !isKnown(root) ? `Its own class is ${license}.` : `${format.number(others)} of ${format.number(known.length)} descendants with a known class; its own: ${format.words(license)}`]]),
    h("div", { class: "two" },
      show("growth", table("Growth by month", "month:month; relation:words; models:number:New models", byMonth, `${undated ? `Not drawn: ${format.plural(undated, "model")} without a date. ` : ""}${FLOOR}`), { none: "No model of the family has a known date.", chart: { kind: "columns", says: "Columns: new models by month and relation.", x: "month", y: "models", by: "relation", scale } }),
      show("authors", table("Authors with most models", "author; models:number; share:share:Share of the family", byAuthor.slice(0, 100), byAuthor.length > 100 ? "The first 100." : null)),
      show("generations", table("Generations", "generation:number; relation:words; models:number", byGeneration), { chart: { kind: "bars", says: "Bars: models by generation; 0 is the model of this page.", value: "models", label: "generation", by: "relation", scale, names: true, unit: "models" } }),
      Object.entries(WORDS).map(([attribute, heading]) => {
        const found = counted(members, (node) => [word(attribute, node)]).map(([[value], models]) => ({ value, models, share: models / members.length }));
        if (attribute === "documentation") found.sort((one, other) => (one.value === "unknown") - (other.value === "unknown") || other.value.localeCompare(one.value));
        return show(attribute, table(heading, "value:words; models:number; share:share:Share of the family", found, NOTES[attribute]), { chart: { kind: "bars", says: "Bars: models of the family.", value: "models", label: "value", unit: "models", top: 10 } });
      })),
    members.length > 1 && members.length <= LAYOUTS.spring ? graphSection(members, generations, graph, names, context) : "",
    show("members", table("Models by impact", "model:model; relation:words; generation:number; license:words:Licence class; documentation:words:Card; month:month:Created", rows, members.length > 1000 ? `The 1,000 with the highest impact of ${format.number(members.length)}. Take all of them with the lasso of the map. ${FLOOR}` : FLOOR)),
  );
}

function graphSection(members, generations, graph, names, { params, setParams, signal }) {
  const place = new Map(members.map((node, at) => [node, at]));
  const color = (relation) => `--c${relation + 1}`;
  const edges = members.flatMap((node) => graph.parents(node).filter((edge) => place.has(edge.node)).map((edge) => [place.get(node), place.get(edge.node), color(graph.edgeRelation[edge.edge])]));
  const { relation } = graph.attributes;
  const nodes = members.map((node) => ({ name: names.name(node), color: color(relation[node]) }));
  const circle = members.toSorted((one, other) => generations.get(one) - generations.get(other) || relation[one] - relation[other] || one - other).map((node) => place.get(node));
  const layouts = Object.keys(LAYOUTS).filter((name) => members.length <= LAYOUTS[name]);
  return redrawn((redraw) => {
    const layout = layouts.includes(params.get("layout")) ? params.get("layout") : layouts[0];
    return h("section", {}, h("h2", {}, "Every edge of the family"), h("p", { class: "note" }, "With the edges of merges. Colours are those of the relations above; a press opens a model."),
      choice("Layout", layout, layouts.map((name) => [name, name]), (name) => { setParams({ layout: name }); redraw(); }),
      graphPicture({ nodes, edges, circle, layout, signal, label: `${format.number(nodes.length)} models of the family and ${format.number(edges.length)} edges between them, layout ${layout}; the table below lists the models.` }));
  });
}

/** A model and its descendants by main parents, in order of impact, with the generation of each; the last one found is the deepest. */
export function descend(graph, root) {
  const generations = new Map([[root, 0]]);
  for (const node of generations.keys()) {
    for (const { node: child } of graph.children(node)) {
      if (!generations.has(child) && graph.parents(child)[0].node === node) generations.set(child, generations.get(node) + 1);
    }
  }
  return { members: [...generations.keys()].sort((one, other) => one - other), generations, depth: [...generations.values()].at(-1) };
}

function counted(nodes, keyOf) {
  const counts = new Map();
  for (const node of nodes) {
    const key = JSON.stringify(keyOf(node));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one).map(([key, count]) => [JSON.parse(key), count]);
}
