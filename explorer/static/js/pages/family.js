// One family: a root and all that descends from it by main parents, counted from the arrays of the map.

import { declared } from "../charts.js";
import { DataError } from "../data.js";
import { figures, h, modelAddress } from "../dom.js";
import { format } from "../format.js";
import { forcePicture, MOST } from "../force.js";
import { Graph } from "../map/graph.js";
import { names as loadNames } from "../names.js";
import { relationColor } from "../tree.js";

export const title = "A family";
export const method = "lineage";
export const doesNotSay = [
  "A model with several parents counts once, in the family of its main parent: that of the strongest evidence, then of the highest impact.",
  "Guessed edges count. Edges to unlisted models do not. Select a model on the map to read the evidence of each of its edges.",
  "Who has no derivatives yet may have them tomorrow: recent months are incomplete.",
];

const WORDS = { license_class: "Licence classes", task: "Tasks", country: "Countries of vendors", documentation: "What the cards document" };
const NOTES = { documentation: "Depth of documentation of limits, bias and risks, 0 to 4; unknown: a card is listed, but no text of it was fetched." };
const FLOOR = "March 2022 includes what is older.";
const MONTH = (months) => new Date(Date.UTC(2022, 2 + months, 1)).toISOString().slice(0, 7);

export async function render(element, context) {
  const { id, data, manifest } = context;
  const [graph, names] = await Promise.all([Graph.load(manifest, "relation"), loadNames()]);
  const asked = names.index(id);
  if (asked < 0) throw new DataError(`${id || "No model"} is not in a family: press / and choose a connected model.`);
  await graph.loadEdges();
  const root = graph.ancestors(asked).at(-1)?.node ?? asked;
  const { members, generations } = descend(graph, root);
  const months = await data.u16("map/month.u16.gz", "The dates of models");
  const values = {};
  for (const name of ["relation", ...Object.keys(WORDS), "downloads"]) values[name] = await graph.attribute(name);
  const word = (name, node) => manifest.vocabularies[name][values[name][node]];
  const table = (heading, labels, rows, note) => ({ title: heading, columns: labels.map(([name, label, type]) => ({ name, label, type })), rows: rows.map(Object.values), source: "silver.lineage_edges and silver.models, as on the map", note });
  const show = (name, made, options) => declared(made, context, name, { shown: 12, ...options });
  const relations = manifest.vocabularies.relation;
  const scale = { domain: relations, range: relations.map((relation) => relationColor(manifest, relation)) };

  const byMonth = counted(members.filter((node) => months[node] !== 65535), (node) => [MONTH(months[node]), word("relation", node)]).map(([[month, relation], models]) => ({ month, relation, models })).sort((one, other) => one.month.localeCompare(other.month));
  const undated = members.filter((node) => months[node] === 65535).length;
  const byGeneration = counted(members, (node) => [generations.get(node), word("relation", node)]).map(([[generation, relation], models]) => ({ generation, relation, models })).sort((one, other) => one.generation - other.generation);
  const byAuthor = counted(members, (node) => [names.name(node).split("/")[0]]).map(([[author], models]) => ({ author, models, share: models / members.length }));
  const license = word("license_class", root);
  const isKnown = (node) => !["unknown", "undeclared"].includes(word("license_class", node));
  const known = members.filter((node) => node !== root && isKnown(node));
  const others = known.filter((node) => word("license_class", node) !== license).length;
  const rows = members.slice(0, 1000).map((node) => ({ model: names.name(node), relation: word("relation", node), generation: generations.get(node), license: word("license_class", node), documentation: word("documentation", node), month: months[node] === 65535 ? null : MONTH(months[node]) }));
  const name = names.name(root);
  element.append(
    h("header", {}, h("h1", {}, `Family of ${name}`), h("p", { class: "lead" }, asked === root ? "A root and everything that descends from it." : `${id} descends from this root.`),
      h("p", { class: "links" }, h("a", { href: `#/map?${new URLSearchParams({ model: name })}` }, "Show it on the map"), h("a", { href: modelAddress(name) }, "All facts on the root"))),
    figures([["Models", format.number(members.length), `${format.share(members.length / graph.count)} of all connected models`], ["Generations", format.number(Math.max(...generations.values())), "below the root"],
      ["Authors", format.number(byAuthor.length)], ["Another licence class than the root", isKnown(root) && known.length ? format.share(others / known.length) : "no figure", !isKnown(root) ? `The root's class is ${license}.` : `${format.number(others)} of ${format.number(known.length)} descendants with a known class; the root: ${format.words(license)}`]]),
    h("div", { class: "two" },
      show("growth", table("Growth by month", [["month", "Month", "month"], ["relation", "Relation", "words"], ["models", "New models", "number"]], byMonth, `${undated ? `Not drawn: ${format.plural(undated, "model")} without a date. ` : ""}${FLOOR}`), { chart: { kind: "columns", says: "Columns: new models by month and relation.", x: "month", y: "models", by: "relation", scale } }),
      show("generations", table("Generations", [["generation", "Generation", "number"], ["relation", "Relation", "words"], ["models", "Models", "number"]], byGeneration), { chart: { kind: "bars", says: "Bars: models by generation; 0 is the root.", value: "models", label: "generation", by: "relation", scale, names: true, unit: "models" } }),
      Object.entries(WORDS).map(([attribute, heading]) => {
        const found = counted(members, (node) => [word(attribute, node)]).map(([[value], models]) => ({ value, models, share: models / members.length }));
        if (attribute === "documentation") found.sort((one, other) => (one.value === "unknown") - (other.value === "unknown") || other.value.localeCompare(one.value));
        return show(attribute, table(heading, [["value", "Value", "words"], ["models", "Models", "number"], ["share", "Share of the family", "share"]], found, NOTES[attribute]), { chart: { kind: "bars", says: "Bars: models of the family.", value: "models", label: "value", unit: "models", top: 10 } });
      }),
      show("authors", table("Authors with most models", [["author", "Author"], ["models", "Models", "number"], ["share", "Share of the family", "share"]], byAuthor.slice(0, 100), byAuthor.length > 100 ? "The first 100." : null))),
    members.length > 1 && members.length <= MOST ? force(members, graph, names, manifest, context) : "",
    show("members", table("Models by impact", [["model", "Model", "model"], ["relation", "Relation", "words"], ["generation", "Generation", "number"], ["license", "Licence class", "words"], ["documentation", "Card", "words"], ["month", "Created", "month"]], rows, members.length > 1000 ? `The 1,000 with the highest impact of ${format.number(members.length)}. Take all of them with the lasso of the map. ${FLOOR}` : FLOOR)),
  );
}

function force(members, graph, names, manifest, { signal }) {
  const place = new Map(members.map((node, at) => [node, at]));
  const color = (relation) => `--c${relation + 1}`;
  const edges = members.flatMap((node) => graph.parents(node).filter((edge) => place.has(edge.node)).map((edge) => [place.get(node), place.get(edge.node), color(graph.edgeRelation[edge.edge])]));
  const nodes = members.map((node) => ({ name: names.name(node), color: color(graph.attributes.relation[node]) }));
  return h("section", {}, h("h2", {}, "By forces"), h("p", { class: "note" }, "Every edge between the models of the family, those of merges too. Colours are those of the relations above; a press opens a model."),
    forcePicture({ nodes, edges, signal, label: `${format.number(nodes.length)} models of the family and ${format.number(edges.length)} edges between them; the table below lists the models.` }));
}

/** The root and its descendants by main parents, in order of impact, with the generation of each. */
function descend(graph, root) {
  const generations = new Map([[root, 0]]);
  for (const node of generations.keys()) {
    for (const { node: child } of graph.children(node)) {
      if (!generations.has(child) && graph.parents(child)[0].node === node) generations.set(child, generations.get(node) + 1);
    }
  }
  return { members: [...generations.keys()].sort((one, other) => one - other), generations };
}

/** [[key, count]], most first. */
function counted(nodes, keyOf) {
  const counts = new Map();
  for (const node of nodes) {
    const key = JSON.stringify(keyOf(node));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one).map(([key, count]) => [JSON.parse(key), count]);
}
