import { css } from "../dom.js";
import { shortName } from "../format.js";
import { cssColor } from "./palette.js";
import { WORLD } from "./graph.js";
import { DENSITIES, drawAxis, drawLabels } from "./labels.js";

const SETTLED = 140; // ms without motion until everything is drawn
const FIRST_BUDGET = 250_000; // nodes drawn while moving, adapted to the machine
const [NEAR, NEAR_IN_TIME] = [5000, 1500]; // visible nodes up to which their edges are drawn
const GROUP_OUTLINE = 5; // pixels of radius from which the disc of a group is outlined
const LABELLED = 4000; // best nodes that may be labelled

export class View {
  constructor({ graph, renderer, camera, overlay, families }) {
    Object.assign(this, { graph, renderer, camera, overlay, layout: "families", density: "normal", edges: "near", selected: -1 });
    this.lassoPath = null;
    this.covered = [0, 0, 0, 0]; // by the tools: no label goes there
    this.isAimed = false; // a crosshair for the keyboard
    this.names = null;
    this.timeline = null; // [{x, label}] in world units
    this.budget = FIRST_BUDGET;
    this.movedAt = 0;
    this.lastFrame = 0;
    this.frame = 0;
    this.settle = 0;
    this.near = null;
    this.use(families);
  }

  /** The discs of a layout: groups of families, which have no root, and families. */
  use(discs) {
    this.discs = discs;
    this.familySpacing = spacingOf(discs.filter(({ root }) => root !== undefined), this.graph.count);
  }

  get isTimeline() { return this.layout === "timeline"; }

  get spacing() {
    const { camera } = this;
    const world = this.isTimeline ? (WORLD / Math.sqrt(this.graph.count)) * 0.35 : this.familySpacing;
    return world * Math.min(camera.scaleX, camera.scaleY);
  }

  /** Draws soon; `isMoving` draws a coarse picture first and the whole one when the motion has ended. */
  request(isMoving = false) {
    if (!this.renderer) return;
    if (isMoving) {
      this.movedAt = performance.now();
      clearTimeout(this.settle);
      this.settle = setTimeout(() => { this.movedAt = 0; this.request(); this.onSettled?.(); }, SETTLED);
    }
    if (!this.frame) this.frame = requestAnimationFrame((now) => { this.frame = 0; this.draw(now); });
  }

  stop() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.settle);
  }

  draw(now = performance.now()) {
    const { camera, renderer, graph } = this;
    const isMoving = this.movedAt > 0;
    if (isMoving && now - this.lastFrame < 1000) this.adapt(now - this.lastFrame);
    this.lastFrame = now;
    const box = camera.box();
    const share = (Math.min(WORLD, box.right) - Math.max(0, box.left)) * (Math.min(WORLD, box.bottom) - Math.max(0, box.top)) / WORLD ** 2;
    const isByCells = renderer.buffers.order && (share < 0.3 || graph.count <= FIRST_BUDGET);
    const ranges = isByCells ? graph.ranges(this.layout, box) : null;
    if (!isMoving) this.findNear(ranges, box);
    const dense = Math.min(1, this.spacing / 6);
    renderer.draw({
      transform: camera.transform(), background: cssColor("--page"), spacing: this.spacing, ranges, budget: isMoving ? this.budget : graph.count,
      edges: [
        { name: "all", alpha: this.edges === "all" && !isMoving ? 0.04 + 0.2 * dense : 0, color: cssColor("--edge") },
        { name: "near", alpha: this.edges === "near" ? 0.12 + 0.33 * dense : 0 },
        { name: "selected", alpha: this.selected >= 0 ? this.selectedAlpha : 0, color: cssColor("--selection"), isOver: true },
      ].filter(({ alpha }) => alpha > 0),
    });
    this.drawOverlay(isMoving);
  }

  adapt(milliseconds) {
    if (milliseconds > 60) this.budget = Math.max(50_000, this.budget / 2);
    else if (milliseconds < 25) this.budget = Math.min(this.graph.count, this.budget * 1.5);
  }

  /** The edges of the nodes in view, if there are few enough of them. */
  findNear(ranges, box) {
    const { graph, renderer } = this;
    if (this.edges !== "near" || !graph.edges || !ranges) return;
    const visible = ranges.reduce((sum, [start, end]) => sum + end - start, 0);
    const key = visible > (this.isTimeline ? NEAR_IN_TIME : NEAR) ? "" : JSON.stringify([this.layout, ranges, graph.shownCount, graph.evidenceLimit]);
    if (key === this.near) return;
    this.near = key;
    const pairs = [];
    if (key) {
      graph.inBox(this.layout, box, (node) => {
        for (let at = graph.parentsOf.starts[node]; at < graph.parentsOf.starts[node + 1]; at++) {
          const edge = graph.parentsOf.edges[at];
          const parent = graph.edges[2 * edge + 1];
          if (graph.counts(edge) && (!graph.shown || graph.shown[parent])) pairs.push(node, parent);
        }
      });
    }
    renderer.indices("near", Uint32Array.from(pairs));
  }

  /** Edges that count for the filter, or all of them, for the switch "all". */
  allEdges() {
    const { graph } = this;
    if (!graph.shown) return graph.edges;
    const kept = [];
    for (let edge = 0; edge < graph.edgeEvidence.length; edge++) {
      const [child, parent] = [graph.edges[2 * edge], graph.edges[2 * edge + 1]];
      if (graph.counts(edge) && graph.shown[child] && graph.shown[parent]) kept.push(child, parent);
    }
    return Uint32Array.from(kept);
  }

  /** Edges from the selection to its parents and derivatives, and of its ancestors. */
  select(node) {
    const { graph, renderer } = this;
    this.selected = node;
    if (!renderer || node < 0 || !graph.edges) return;
    const edges = [...graph.children(node), ...graph.parents(node), ...graph.ancestors(node)].map(({ edge }) => edge).filter((edge) => graph.counts(edge));
    this.selectedAlpha = Math.min(0.8, Math.max(0.08, 14 / Math.sqrt(edges.length * 4))); // thousands of edges would hide what they lead to
    renderer.indices("selected", Uint32Array.from(edges.flatMap((edge) => [graph.edges[2 * edge], graph.edges[2 * edge + 1]])));
  }

  pixelOf(node) {
    const { positions } = this.graph.layouts[this.layout];
    return this.camera.toPixel(positions[2 * node], positions[2 * node + 1]);
  }

  drawOverlay(isMoving) {
    const { camera, overlay } = this;
    const context = overlay.getContext("2d");
    const ratio = this.renderer.ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, camera.width, camera.height);
    const taken = [this.covered, [0, camera.height - (this.isTimeline ? 26 : 0), camera.width, camera.height]];
    context.globalAlpha = 0.5;
    for (const { root, x, y, radius } of this.isTimeline ? [] : this.discs) {
      if (root === undefined && radius * camera.scaleX > GROUP_OUTLINE) ring(context, ...camera.toPixel(x, y), radius * camera.scaleX, css("--soft"), 1);
    }
    context.globalAlpha = 1;
    if (this.isTimeline && this.timeline) {
      drawAxis(context, this.timeline.map(({ x, label }) => ({ x: camera.toPixel(x, 0)[0], label })),
        { text: css("--soft"), line: css("--line"), page: css("--page"), width: camera.width, height: camera.height });
    }
    const style = { text: css("--text"), halo: css("--page"), taken, width: camera.width, height: camera.height };
    if (this.selected >= 0) this.drawSelection(context, style);
    const density = DENSITIES[this.density];
    if (density) drawLabels(context, this.labels(density, isMoving), { ...style, most: density.most });
    if (this.isAimed) crosshair(context, camera.width / 2, camera.height / 2, css("--text"), css("--page"));
    if (this.lassoPath) outline(context, this.lassoPath, css("--selection"));
  }

  drawSelection(context, style) {
    const [x, y] = this.pixelOf(this.selected);
    ring(context, x, y, 8, css("--page"), 6);
    ring(context, x, y, 8, css("--selection"), 3);
    if (!this.names) return;
    const text = shortName(this.names.name(this.selected));
    drawLabels(context, [{ x, y: y - 20, text, size: 14 }], { ...style, text: css("--selection"), most: 1 });
  }

  labels({ pixels }, isMoving) {
    const { camera, graph } = this;
    const scale = camera.scaleX;
    const { isTimeline } = this;
    const found = [];
    const seen = new Set([this.selected]);
    this.discs.forEach((family, rank) => {
      const size = family.radius * scale;
      const isGroup = family.root === undefined;
      if ((!isGroup && seen.has(family.root)) || (isTimeline ? rank >= 200 : size < pixels)) return;
      if (!isGroup && graph.shown && !graph.shown[family.root]) return;
      const [x, y] = isTimeline ? this.pixelOf(family.root) : camera.toPixel(family.x, isGroup ? family.y - family.radius : family.y); // a group's name is on its edge
      if (x < 0 || y < 0 || x > camera.width || y > camera.height) return;
      seen.add(family.root);
      found.push({
        x, y, text: shortName(family.name ?? this.names?.name(family.root) ?? ""), size: isTimeline ? 12 : Math.round(Math.min(17, 11 + size / 40)),
        note: !isTimeline && size > 55 ? family.members.toLocaleString("en-GB") : null, align: isTimeline ? "right" : null,
      });
    });
    if (!isMoving && this.names && this.spacing > 1.5) this.addModels(found, seen);
    return found.filter(({ text }) => text);
  }

  addModels(found, seen) {
    const { camera, graph } = this;
    const box = camera.box();
    const { positions } = graph.layouts[this.layout];
    const nodes = [];
    if (this.spacing > 9 && this.near) graph.inBox(this.layout, box, (node) => nodes.push(node));
    else {
      for (let node = 0; node < Math.min(LABELLED, graph.count); node++) {
        const [x, y] = [positions[2 * node], positions[2 * node + 1]];
        if (x > box.left && x < box.right && y > box.top && y < box.bottom && (!graph.shown || graph.shown[node])) nodes.push(node);
      }
    }
    nodes.sort((one, other) => one - other);
    for (const node of nodes.slice(0, 300)) {
      if (seen.has(node)) continue;
      const [x, y] = this.pixelOf(node);
      found.push({ x: x + 3, y, text: shortName(this.names.name(node)), size: 11, align: "left" });
    }
  }
}


/** World units between neighbours: the densest families are sunflowers of leaves alone (serving/layouts/families.py). */
function spacingOf(families, count) {
  const units = families.map(({ radius, members }) => radius / (0.606 * Math.sqrt(members + 2) + 0.5));
  return units.length ? Math.min(...units) : WORLD / Math.sqrt(count);
}

function ring(context, x, y, radius, color, width) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

function crosshair(context, x, y, color, halo) {
  for (const [stroke, width] of [[halo, 5], [color, 2]]) {
    context.beginPath();
    for (const [fromX, fromY, toX, toY] of [[-14, 0, -5, 0], [5, 0, 14, 0], [0, -14, 0, -5], [0, 5, 0, 14]]) {
      context.moveTo(x + fromX, y + fromY);
      context.lineTo(x + toX, y + toY);
    }
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.stroke();
  }
}

function outline(context, path, color) {
  context.beginPath();
  path.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.setLineDash([6, 4]);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 0.08;
  context.fillStyle = color;
  context.fill();
  context.globalAlpha = 1;
}
