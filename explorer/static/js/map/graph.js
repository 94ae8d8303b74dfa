// Models in order of impact, and edges, as flat arrays.

import { data } from "../data.js";

export const ATTRIBUTES = ["relation", "license_class", "task", "country", "language", "documentation"];
const GRID = 512; // cells a side
const SHIFT = 7; // 65,536 / 512
export const WORLD = 65536;

export class Graph {
  constructor(manifest, positions) {
    this.manifest = manifest;
    this.count = positions.length / 2;
    this.layouts = { families: { positions, grid: null } };
    this.attributes = {};
    this.edges = null;
    this.shown = null; // Uint8Array of 0 or 1 a node while a filter is on
    this.shownCount = this.count;
  }

  static async load(manifest, color) {
    const [positions, values] = await Promise.all([data.u16("map/positions.u16.gz", "The map"), data.u8(`map/attr_${color}.u8.gz`, "The colours of the map")]);
    const graph = new Graph(manifest, positions);
    graph.attributes[color] = values;
    return graph;
  }

  async attribute(name) {
    this.attributes[name] ??= await data.u8(`map/attr_${name}.u8.gz`, "An attribute of the map");
    return this.attributes[name];
  }

  async layout(name) {
    this.layouts[name] ??= { positions: await data.u16(`map/${name}.u16.gz`, "This layout"), grid: null };
    return this.layouts[name];
  }

  async loadEdges() {
    if (this.edges) return;
    const [edges, relation, evidence] = await Promise.all([
      data.u32("map/edges.u32.gz", "The edges of the map"), data.u8("map/edge_relation.u8.gz", "The relations of edges"), data.u8("map/edge_evidence.u8.gz", "The evidence of edges"),
    ]);
    this.parentsOf = adjacency(edges, 0, this.count);
    this.childrenOf = adjacency(edges, 1, this.count);
    this.edgeRelation = relation;
    this.edgeEvidence = evidence;
    this.edges = edges;
  }

  /** [{node, edge}], the main parent first, as in the file of edges. */
  parents(node) {
    return this.neighbours(this.parentsOf, node, 1);
  }

  children(node) { return this.neighbours(this.childrenOf, node, 0); }

  neighbours({ starts, edges }, node, side) {
    const found = [];
    for (let at = starts[node]; at < starts[node + 1]; at++) found.push({ node: this.edges[2 * edges[at] + side], edge: edges[at] });
    return found;
  }

  childCount(node) { return this.childrenOf.starts[node + 1] - this.childrenOf.starts[node]; }

  /** The main parents of a node up to a root, nearest first. A cycle ends the path. */
  ancestors(node) {
    const path = [];
    const seen = new Set([node]);
    for (let [next] = this.parents(node); next && !seen.has(next.node); [next] = this.parents(next.node)) {
      seen.add(next.node);
      path.push(next);
    }
    return path;
  }

  /** Nodes sorted into cells, worst first in a cell so that the best is drawn on top. */
  grid(layout) {
    const of = this.layouts[layout];
    if (of.grid) return of.grid;
    const { positions } = of;
    const starts = new Uint32Array(GRID * GRID + 1);
    const cellOf = (node) => (positions[2 * node + 1] >> SHIFT) * GRID + (positions[2 * node] >> SHIFT);
    for (let node = 0; node < this.count; node++) starts[cellOf(node) + 1]++;
    for (let cell = 0; cell < GRID * GRID; cell++) starts[cell + 1] += starts[cell];
    const next = starts.slice(0, -1);
    const order = new Uint32Array(this.count);
    for (let node = this.count - 1; node >= 0; node--) order[next[cellOf(node)]++] = node;
    of.grid = { starts, order };
    return of.grid;
  }

  /** [start, end) ranges of the grid's order that cover a box, one a row of cells; neighbouring rows are not joined. */
  ranges(layout, box) {
    const { starts } = this.grid(layout);
    const [left, top, right, bottom] = cells(box);
    const ranges = [];
    for (let row = top; row <= bottom; row++) {
      const [start, end] = [starts[row * GRID + left], starts[row * GRID + right + 1]];
      if (end > start) ranges.push([start, end]);
    }
    return ranges;
  }

  inBox(layout, box, visit) {
    const { order } = this.grid(layout);
    const { positions } = this.layouts[layout];
    for (const [start, end] of this.ranges(layout, box)) {
      for (let at = start; at < end; at++) {
        const node = order[at];
        const [x, y] = [positions[2 * node], positions[2 * node + 1]];
        if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom && (!this.shown || this.shown[node])) visit(node, x, y);
      }
    }
  }

  /** The shown node nearest to a point, at most reachX and reachY away; -1 if there is none. */
  nearest(layout, x, y, reachX, reachY) {
    let [best, least] = [-1, 1];
    this.inBox(layout, { left: x - reachX, right: x + reachX, top: y - reachY, bottom: y + reachY }, (node, nodeX, nodeY) => {
      const distance = ((nodeX - x) / reachX) ** 2 + ((nodeY - y) / reachY) ** 2;
      if (distance < least || (distance === least && node < best)) [best, least] = [node, distance];
    });
    return best;
  }

  /**
   * Filters nodes and edges. `evidence`: the weakest index that counts (the vocabulary has the strongest first after unknown), 0 for all;
   * `from` and `to`: months since 2022-03; `downloads`: the least bucket. A model without an edge that counts is hidden with its edges.
   */
  async filter({ evidence, from, to, downloads }) {
    if (!evidence && from === null && to === null && !downloads) {
      this.shown = null;
      this.shownCount = this.count;
      this.evidenceLimit = 0;
      return;
    }
    const shown = new Uint8Array(this.count).fill(evidence ? 0 : 1);
    this.evidenceLimit = evidence;
    if (evidence) {
      await this.loadEdges();
      for (let edge = 0; edge < this.edgeEvidence.length; edge++) {
        if (this.counts(edge)) shown[this.edges[2 * edge]] = shown[this.edges[2 * edge + 1]] = 1;
      }
    }
    if (from !== null || to !== null) {
      const months = await data.u16("map/month.u16.gz", "The dates of models");
      const [least, most] = [from ?? 0, to ?? 65534];
      for (let node = 0; node < this.count; node++) if (months[node] < least || months[node] > most) shown[node] = 0;
    }
    if (downloads) {
      const buckets = await this.attribute("downloads");
      for (let node = 0; node < this.count; node++) if (buckets[node] < downloads) shown[node] = 0;
    }
    let count = 0;
    for (let node = 0; node < this.count; node++) count += shown[node];
    this.shown = shown;
    this.shownCount = count;
  }

  counts(edge) {
    return !this.evidenceLimit || (this.edgeEvidence[edge] > 0 && this.edgeEvidence[edge] <= this.evidenceLimit);
  }

  /** Models by value of an attribute; only those that `shown` has, if it is given. */
  histogram(values, size, shown) {
    const counts = new Float64Array(size);
    if (shown) for (let node = 0; node < this.count; node++) counts[values[node]] += shown[node];
    else for (let node = 0; node < this.count; node++) counts[values[node]]++;
    return counts;
  }
}

function cells({ left, top, right, bottom }) {
  const clamp = (value) => Math.min(GRID - 1, Math.max(0, Math.floor(value) >> SHIFT));
  return [clamp(left), clamp(top), clamp(right), clamp(bottom)];
}

/** Edges by their child (side 0) or parent (side 1), as in compressed sparse rows. */
function adjacency(edges, side, count) {
  const starts = new Uint32Array(count + 1);
  for (let at = side; at < edges.length; at += 2) starts[edges[at] + 1]++;
  for (let node = 0; node < count; node++) starts[node + 1] += starts[node];
  const next = starts.slice(0, -1);
  const sorted = new Uint32Array(edges.length / 2);
  for (let at = side; at < edges.length; at += 2) sorted[next[edges[at]]++] = at >> 1;
  return { starts, edges: sorted };
}
