import { modelAddress, s } from "./dom.js";
import { cut } from "./format.js";

const LAYER = 118; // px from one layer to the next
const BELOW = 53; // px from a model to the end of its names
const LEAST = 112; // px between models of a layer
const LETTER = 8.4;

/**
 * `layers` are lists of {id, note, isMissing} from the top down, `edges` [{from, to, color}] from parent to child, `id` the model itself.
 * Returns (width) => SVG element, as wide as it needs.
 */
export function tree({ layers, edges, id }) {
  return (width) => {
    const wide = Math.max(width, Math.max(...layers.map((layer) => layer.length)) * LEAST);
    const places = new Map();
    layers.forEach((layer, row) => layer.forEach((node, at) => places.set(node.id, [(wide * (at + 0.5)) / layer.length, 26 + row * LAYER, wide / layer.length])));
    const lines = edges.filter((edge) => places.has(edge.from) && places.has(edge.to)).map(({ from, to, color }) => {
      const [[x1, y1], [x2, y2]] = [places.get(from), places.get(to)];
      const bow = y2 - y1 > LAYER ? Math.min(220, wide / 4) : 0; // an edge past a layer goes round its names
      const [from1, from2] = bow ? [y1 + LAYER, y2 - LAYER] : [y1 + BELOW + LAYER * 0.35, y2 - LAYER * 0.35];
      return s("path", { d: `M${x1},${y1 + BELOW}C${x1 + bow},${from1} ${x2 + bow},${from2} ${x2},${y2 - 9}`, fill: "none", stroke: color, "stroke-width": 2 });
    });
    const height = layers.length * LAYER - 30;
    return s("svg", { class: "tree picture-of-data", role: "img", tabindex: "0", width: wide, height, viewBox: `0 0 ${wide} ${height}` }, lines, layers.flat().map((node) => drawn(node, places.get(node.id), node.id === id)));
  };
}

function drawn(node, [x, y, room], isSelf) {
  const most = Math.max(8, Math.floor((Math.min(room, 240) - 8) / LETTER));
  const [owner, name] = node.id.includes("/") ? node.id.split(/\/(.*)/s) : ["", node.id];
  const line = (text, dy, options) => s("text", { x, y: y + dy, "text-anchor": "middle", fill: "var(--text)", "font-size": 12, ...options }, text);
  return s("g", { class: isSelf || node.isMissing ? null : "node", onclick: isSelf || node.isMissing ? null : () => { location.hash = modelAddress(node.id); } },
    s("title", {}, node.note ? `${node.id}, ${node.note}` : node.id),
    s("circle", { cx: x, cy: y, r: isSelf ? 9 : 6, fill: isSelf ? "var(--selection)" : node.isMissing ? "var(--page)" : "var(--text)", stroke: isSelf ? "var(--selection)" : "var(--text)", "stroke-width": 1.5 }),
    line(cut(owner, most), 20, { fill: "var(--soft)", "font-size": 11 }), line(cut(name, most), 34, { "font-weight": 600 }),
    node.note ? line(cut(node.note, most), 48, { fill: "var(--soft)", "font-size": 11 }) : null);
}

export const relationColor = (manifest, relation) => `var(--c${Math.max(0, manifest.vocabularies.relation.indexOf(relation)) + 1})`;
