// Pictures of a small graph in the layouts of hublake export --layout. The same graph gives the same picture.

import { css, h, modelAddress, pause } from "./dom.js";
import { shortName } from "./format.js";
import { drawLabels } from "./map/labels.js";

/** Models up to which each layout takes less than seconds and shows more than a blot. */
export const LAYOUTS = { spring: 2000, circular: 2000, "kamada-kawai": 500 };
const TICKS = 240; // half of them for more than 800 models: 1.4 s of CPU for 2,000
const REACH = 60; // distance up to which two models repel each other
const LENGTH = 16; // of an edge at rest
const ROUNDS = 60; // of Kamada-Kawai

/** `nodes` are {name, color}, the most important first; `edges` [child, parent, color] by their places in it; `circle` is their order on a circle. */
export function graphPicture({ nodes, edges, circle, layout, label, signal }) {
  const canvas = h("canvas", { class: "force", role: "img", "aria-label": label });
  const state = start(nodes.length, edges);
  const draw = () => { if (canvas.isConnected) paint(canvas, state, nodes, edges); };
  (async () => {
    if (layout === "circular") round(state, circle);
    if (layout === "kamada-kawai") stress(state, edges);
    const ticks = layout !== "spring" ? 0 : nodes.length > 800 ? TICKS / 2 : TICKS;
    for (let tick = 0; tick < ticks && !signal.aborted; tick++) {
      step(state, edges, 1 - tick / ticks);
      if (tick % 4 === 3) await pause();
    }
    draw();
    canvas.dataset.drawn = "1";
  })();
  const observer = new ResizeObserver(draw);
  observer.observe(canvas);
  document.addEventListener("themechange", draw, { signal });
  signal.addEventListener("abort", () => observer.disconnect());
  const at = (event) => {
    const [x, y] = [event.offsetX, event.offsetY];
    const distance = (node) => Math.hypot(state.pixels[2 * node] - x, state.pixels[2 * node + 1] - y);
    const nearest = nodes.reduce((best, ignored, node) => (distance(node) < distance(best) ? node : best), 0);
    return state.pixels && distance(nearest) < 12 ? nodes[nearest] : null;
  };
  canvas.addEventListener("pointermove", (event) => { canvas.title = state.pixels ? at(event)?.name ?? "" : ""; });
  canvas.addEventListener("click", (event) => { const node = state.pixels && at(event); if (node) location.hash = modelAddress(node.name); });
  return canvas;
}

function start(count, edges) {
  const [x, y, degree] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  for (let node = 0; node < count; node++) {
    const [distance, angle] = [10 * Math.sqrt(node), node * 2.399963];
    [x[node], y[node]] = [distance * Math.cos(angle), distance * Math.sin(angle)];
  }
  for (const [child, parent] of edges) { degree[child]++; degree[parent]++; }
  return { x, y, degree, moveX: new Float64Array(count), moveY: new Float64Array(count), pixels: null };
}

function round({ x, y }, circle) {
  circle.forEach((node, at) => {
    const angle = (2 * Math.PI * at) / circle.length;
    [x[node], y[node]] = [circle.length * 2 * Math.cos(angle), circle.length * 2 * Math.sin(angle)];
  });
}

/** Kamada and Kawai's layout of a connected graph: distances like numbers of edges, by majorisation of the stress, a node at a time. */
function stress({ x, y }, edges) {
  const count = x.length;
  const near = Array.from({ length: count }, () => []);
  for (const [one, other] of edges) { near[one].push(other); near[other].push(one); }
  const steps = near.map((ignored, from) => {
    const found = new Int32Array(count).fill(-1);
    found[from] = 0;
    const queue = [from];
    for (const node of queue) for (const next of near[node]) if (found[next] < 0) { found[next] = found[node] + 1; queue.push(next); }
    return found;
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (let node = 0; node < count; node++) {
      let [sumX, sumY, weights] = [0, 0, 0];
      for (let other = 0; other < count; other++) {
        const wanted = steps[node][other] * LENGTH * 4;
        if (wanted <= 0) continue;
        const [awayX, awayY] = [x[node] - x[other], y[node] - y[other]];
        const ratio = wanted / (Math.sqrt(awayX * awayX + awayY * awayY) || 1);
        sumX += (x[other] + awayX * ratio) / wanted ** 2;
        sumY += (y[other] + awayY * ratio) / wanted ** 2;
        weights += 1 / wanted ** 2;
      }
      if (weights) [x[node], y[node]] = [sumX / weights, sumY / weights];
    }
  }
}

function step({ x, y, degree, moveX, moveY }, edges, heat) {
  const cells = new Map();
  const cellOf = (column, row) => column * 65536 + row;
  for (let node = 0; node < x.length; node++) {
    [moveX[node], moveY[node]] = [-x[node] * 0.012, -y[node] * 0.012]; // towards the middle
    const key = cellOf(Math.floor(x[node] / REACH), Math.floor(y[node] / REACH));
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(node);
  }
  for (let node = 0; node < x.length; node++) {
    const [column, row] = [Math.floor(x[node] / REACH), Math.floor(y[node] / REACH)];
    for (let near = 0; near < 9; near++) {
      for (const other of cells.get(cellOf(column + (near % 3) - 1, row + Math.floor(near / 3) - 1)) ?? []) {
        if (other === node) continue;
        const [awayX, awayY] = [x[node] - x[other], y[node] - y[other]];
        const square = awayX * awayX + awayY * awayY;
        if (square > REACH * REACH) continue;
        const force = (40 / Math.max(4, square)) * (1 - square / (REACH * REACH)); // fades to none, or models would gather where it ends
        moveX[node] += awayX * force;
        moveY[node] += awayY * force;
      }
    }
  }
  for (const [child, parent] of edges) {
    const [alongX, alongY] = [x[parent] - x[child], y[parent] - y[child]];
    const long = Math.hypot(alongX, alongY) || 1;
    const pull = (0.6 * (long - LENGTH - 2 * Math.sqrt(Math.max(degree[parent], degree[child])))) / long;
    const share = degree[child] / (degree[child] + degree[parent]); // the one with more edges moves less
    moveX[child] += alongX * pull * (1 - share);
    moveY[child] += alongY * pull * (1 - share);
    moveX[parent] -= alongX * pull * share;
    moveY[parent] -= alongY * pull * share;
  }
  for (let node = 0; node < x.length; node++) {
    const bound = (12 * heat) / Math.max(12 * heat, Math.hypot(moveX[node], moveY[node]), 1e-9);
    x[node] += moveX[node] * bound;
    y[node] += moveY[node] * bound;
  }
}

function paint(canvas, state, nodes, edges) {
  const [width, height, ratio] = [canvas.clientWidth, canvas.clientHeight, Math.min(2, devicePixelRatio || 1)];
  Object.assign(canvas, { width: width * ratio, height: height * ratio });
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const bounds = (values) => [Math.min(...values), Math.max(...values)];
  const [[left, right], [top, bottom]] = [bounds(state.x), bounds(state.y)];
  const scale = Math.min((width - 60) / (right - left || 1), (height - 60) / (bottom - top || 1), 3);
  state.pixels = new Float64Array(2 * nodes.length);
  nodes.forEach((ignored, node) => {
    state.pixels[2 * node] = width / 2 + (state.x[node] - (left + right) / 2) * scale;
    state.pixels[2 * node + 1] = height / 2 + (state.y[node] - (top + bottom) / 2) * scale;
  });
  const place = (node) => [state.pixels[2 * node], state.pixels[2 * node + 1]];
  context.globalAlpha = 0.45;
  for (const [child, parent, color] of edges) {
    context.strokeStyle = css(color);
    context.beginPath();
    context.moveTo(...place(child));
    context.lineTo(...place(parent));
    context.stroke();
  }
  context.globalAlpha = 1;
  const size = (node) => Math.min(9, 2 + Math.sqrt(state.degree[node]) * 0.6);
  for (let node = nodes.length - 1; node >= 0; node--) {
    context.fillStyle = css(nodes[node].color);
    context.beginPath();
    context.arc(...place(node), size(node), 0, 2 * Math.PI);
    context.fill();
  }
  const labels = nodes.map(({ name }, node) => ({ node, name })).filter(({ node }) => node === 0 || state.degree[node] > 2).slice(0, 100).map(({ name, node }) => ({ x: place(node)[0] + size(node) - 4, y: place(node)[1], text: shortName(name), size: 12, align: "left" }));
  drawLabels(context, labels, { most: 14, text: css("--text"), halo: css("--page"), width, height });
}
