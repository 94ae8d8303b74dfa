import { onSearchHit } from "../search_box.js";
import { DataError } from "../data.js";
import { announce, choice, empty, h, pause } from "../dom.js";
import { offerDownload, save } from "../download.js";
import { format, monthAt } from "../format.js";
import { names as loadNames } from "../names.js";
import { Camera } from "./camera.js";
import { ATTRIBUTES, Graph, WORLD } from "./graph.js";
import { isInside, wireStage } from "./input.js";
import { DENSITIES } from "./labels.js";
import { legendOf, paletteBytes } from "./palette.js";
import { downloadsText, familiesPanel, lassoPanel, leastDownloads, monthText, RELATIVE_COLUMNS, relativeRows, selectionPanel, wordFor } from "./panel.js";
import { columnsOf } from "../table.js";
import { picture } from "./picture.js";
import { Renderer } from "./renderer.js";
import { View } from "./view.js";

export const title = "Map of the Hub";
export const method = "lineage";

const DOWNLOADS = [0, 2, 5, 8, 11, 15, 18, 21]; // buckets
const MOST_TAKEN = 300_000; // models: a table of them is about 40 MB
const REACH = 14; // pixels from a model within which it is hit
const LAYOUTS = [["families", "Families"], ["vendors", "Families by vendor"], ["countries", "Families by country"], ["timeline", "Timeline"]];
const EDGES = [["near", "in view"], ["selection", "selected"], ["all", "all"]];
const LABELS = Object.keys(DENSITIES).map((name) => [name, name]);
const monthOf = (text) => (/^\d{4}-\d\d$/.test(text ?? "") ? (Number(text.slice(0, 4)) - 2022) * 12 + Number(text.slice(5)) - 3 : null);

export async function render(element, context) {
  if (!context.manifest.connected) {
    element.append(h("h1", {}, title), empty("No model of this snapshot has a known parent or derivative, so there is nothing to draw."));
    return null;
  }
  const page = new MapPage(element, context);
  await page.start();
  return page;
}

class MapPage {
  constructor(element, context) {
    const { params: ofShell, ...others } = context;
    Object.assign(this, others, { element, context });
    this.vocabularies = context.manifest.vocabularies;
    this.camera = new Camera();
  }

  get params() { return this.context.params; }

  /** Of the address. */
  get state() {
    const one = (key, values, fallback) => (values.includes(this.params.get(key)) ? this.params.get(key) : fallback);
    const color = one("color", ATTRIBUTES, "relation");
    return {
      color,
      layout: one("layout", LAYOUTS.map(([name]) => name), "families"),
      highlight: one("highlight", [...this.vocabularies[color], "other"], ""),
      evidence: Math.max(0, this.vocabularies.evidence.indexOf(this.params.get("evidence"))),
      from: monthOf(this.params.get("from")), to: monthOf(this.params.get("to")),
      downloads: DOWNLOADS.find((bucket) => bucket === Number(this.params.get("downloads"))) ?? 0,
      labels: one("labels", Object.keys(DENSITIES), "normal"),
      edges: one("edges", EDGES.map(([name]) => name), "near"),
    };
  }

  async start() {
    const { color } = this.state;
    [this.graph, this.families] = await Promise.all([Graph.load(this.manifest, color), this.data.json("map/families.json", "The largest families")]);
    this.build();
    try {
      this.renderer = new Renderer(this.canvas, this.graph.count);
    } catch {
      this.renderer = null;
    }
    this.view = new View({ graph: this.graph, renderer: this.renderer, camera: this.camera, overlay: this.overlay, families: this.families });
    if (this.renderer) this.wire();
    else this.showPicture();
    await this.apply();
    this.loadRest();
  }

  build() {
    const { graph } = this;
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.overlay = h("canvas", { "aria-hidden": "true", class: "overlay" });
    this.tip = h("div", { class: "tip", hidden: true });
    this.ring = h("div", { class: "ring", hidden: true });
    this.legend = h("div", { class: "legend", role: "group", "aria-label": "Colours; press one to highlight it" });
    this.status = h("p", { class: "status" });
    this.lassoButton = h("button", { type: "button", "aria-pressed": "false", onclick: () => this.lassoMode(), title: "Draw round models to take them; v takes those in view" }, "Lasso");
    this.tools = h("div", { class: "tools" },
      h("button", { type: "button", "aria-label": "Zoom in", onclick: () => this.zoomBy(1.6) }, "+"),
      h("button", { type: "button", "aria-label": "Zoom out", onclick: () => this.zoomBy(1 / 1.6) }, "−"),
      h("button", { type: "button", onclick: () => this.home() }, "Whole"), this.lassoButton,
      h("button", { type: "button", onclick: () => this.takeView(), title: "Take the models in view: a lasso by keyboard" }, "Take view"),
      h("button", { type: "button", onclick: () => this.savePicture() }, "PNG"));
    this.stage = h("div", {
      class: "stage", tabindex: "0", role: "application", "aria-label": `Map of ${format.number(graph.count)} models`, "aria-describedby": "map-keys",
    }, this.canvas, this.overlay, this.ring, this.tip);
    this.selection = h("div", {});
    this.lassoed = h("div", {});
    this.side = h("aside", { "aria-label": "Models and families" }, this.selection, this.lassoed);
    this.controls = h("div", { class: "choices" });
    this.folded = h("details", { open: !matchMedia("(max-width: 599px)").matches }, h("summary", {}, "Layout, colours and filters"), this.controls);
    this.element.append(
      h("div", { class: "map-bar" }, h("h1", {}, title), this.folded),
      h("div", { class: "map-stage" }, this.tools, this.stage, this.legend,
        h("div", { class: "map-foot" }, this.status,
          h("p", { id: "map-keys", class: "note" }, "Drag or arrows move, wheel or + − zoom, click or Enter selects, Shift-drag is a lasso, v takes the view, 0 shows all."))),
      this.side);
    const total = graph.count;
    const rows = this.families.map((family) => [family.name, family.members, family.members / total]);
    this.side.append(familiesPanel({ rows, params: this.params, setParams: this.setParams, go: ([name]) => this.goToFamily(name) }));
    offerDownload("largest families", ["root", "members", "share"], rows);
  }

  wire() {
    const { camera, view, signal } = this;
    const moved = () => { this.hover(-1); view.request(true); };
    wireStage(this.stage, {
      pan: (x, y) => { camera.pan(x, y); moved(); },
      zoom: (factor, x, y) => { camera.zoomAt(factor, x, y); moved(); },
      home: () => this.home(),
      hover: (x, y) => this.hover(this.nodeAt(x, y), x, y),
      leave: () => this.hover(-1),
      pick: (x, y) => this.pick(x, y),
      lasso: (path) => this.takePath(path),
      lassoing: (path) => { view.lassoPath = path; view.request(); },
      view: () => this.takeView(),
      clear: () => { this.select(-1); this.take(null); },
      isLasso: () => this.lassoButton.getAttribute("aria-pressed") === "true",
    }, signal);
    view.onSettled = () => { this.setParams({ view: camera.asText() }); this.describeCentre(); };
    const aim = () => { view.isAimed = this.stage.matches(":focus-visible"); view.request(); };
    this.stage.addEventListener("focus", aim, { signal });
    this.stage.addEventListener("blur", aim, { signal });
    this.stage.addEventListener("keydown", aim, { signal });
    this.observer = new ResizeObserver(() => {
      if (this.stage.clientWidth === camera.width && this.stage.clientHeight === camera.height) return;
      this.measure();
      view.draw(); // at once: a resized canvas is blank
    });
    document.addEventListener("themechange", () => { this.showColors(); view.request(); }, { signal });
    addEventListener("beforeprint", () => view.draw(), { signal });
    this.canvas.addEventListener("webglcontextlost", () => { view.stop(); this.showPicture(); }, { signal });
    this.observer.observe(this.stage);
  }

  measure() {
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    const ratio = Math.min(2, devicePixelRatio || 1);
    Object.assign(this.camera, { width, height });
    this.renderer.resize(width, height, ratio);
    const [stage, tools] = [this.stage.getBoundingClientRect(), this.tools.getBoundingClientRect()];
    this.view.covered = [tools.left - stage.left, tools.top - stage.top, tools.right - stage.left, tools.bottom - stage.top];
    Object.assign(this.overlay, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  }

  /** Without WebGL: the picture of the data folder; tables, search and selection work as ever. */
  showPicture() {
    this.renderer = null;
    this.view.renderer = null;
    this.stage.replaceChildren(h("img", { class: "prerendered", src: "data/map/map.png", alt: `Map of ${format.number(this.graph.count)} connected models, packed by family` }));
    for (const name of ["role", "tabindex", "aria-label", "aria-describedby"]) this.stage.removeAttribute(name);
    this.tools.hidden = true;
    document.getElementById("map-keys").textContent = "This browser has no WebGL2: a prepared picture replaces the map. Search, families and the selected model work as usual.";
  }

  async loadRest() {
    try {
      const { graph, view } = this;
      await this.renderer?.drawn();
      if (this.signal.aborted) return;
      const radius = this.data.u8("map/radius.u8.gz", "The sizes of the map");
      await graph.loadEdges();
      await pause();
      if (this.renderer) {
        this.renderer.weights(await radius);
        this.renderer.indices("order", graph.grid(view.layout).order);
        if (view.edges === "all") this.renderer.indices("all", view.allEdges());
        view.request();
      }
      await pause();
      view.names = await loadNames();
      if (view.names.count !== graph.count) throw new DataError("The names and the positions of the map are of different builds: run hublake explore again.");
      if (this.signal.aborted) return;
      onSearchHit((name, index) => this.go(index));
      this.selectNamed();
      view.request();
      this.stage.dataset.loaded = "1";
    } catch (error) {
      if (!this.signal.aborted) this.status.textContent = error.message;
    }
  }

  async apply() {
    const { state, view, graph } = this;
    const token = (this.applying = {});
    this.showControls();
    this.values = await graph.attribute(state.color);
    if (state.layout === "timeline") await this.readTimeline();
    await graph.layout(state.layout);
    const discs = ["vendors", "countries"].includes(state.layout) ? await this.data.json(`map/${state.layout}.json`, "The groups of families") : this.families;
    await graph.filter(state);
    if (state.edges === "all") await graph.loadEdges();
    if (token !== this.applying || this.signal.aborted) return;
    const isNewLayout = view.layout !== state.layout;
    Object.assign(view, { layout: state.layout, density: state.labels, edges: state.edges });
    view.use(discs);
    this.camera.isStretched = view.isTimeline;
    this.camera.fromText(this.params.get("view"));
    const size = this.vocabularies[state.color].length;
    if (this.whole?.values !== this.values) this.whole = { values: this.values, counts: graph.histogram(this.values, size, null) };
    // Counts without a filter decide which values have colours, so that a filter changes no colour.
    this.entries = legendOf(this.vocabularies[state.color], this.whole.counts);
    this.counts = graph.shown ? graph.histogram(this.values, size, graph.shown) : this.whole.counts;
    this.showColors();
    this.showStatus();
    if (this.renderer) {
      this.measure();
      if (isNewLayout || !this.renderer.buffers.positions) this.renderer.positions(graph.layouts[state.layout].positions);
      if (isNewLayout && this.renderer.buffers.order) this.renderer.indices("order", graph.grid(state.layout).order);
      this.renderer.values(this.values);
      this.renderer.shown(graph.shown);
      if (state.edges === "all" && graph.edges) this.renderer.indices("all", view.allEdges());
      view.near = null;
      view.draw();
    }
    this.selectNamed();
  }

  async readTimeline() {
    if (this.view.timeline) return;
    const [{ positions }, months] = await Promise.all([this.graph.layout("timeline"), this.data.u16("map/month.u16.gz", "The dates of models")]);
    const firsts = new Map();
    for (let node = 0; node < months.length; node++) {
      if (months[node] % 12 === 10 && months[node] !== 65535) firsts.set(months[node], Math.min(firsts.get(months[node]) ?? 65535, positions[2 * node]));
    }
    const strip = positions.some((place, at) => at % 2 === 0 && place < STRIP) ? [{ x: STRIP / 2, label: "no date" }] : [];
    this.view.timeline = [...strip, ...[...firsts].sort(([one], [other]) => one - other).map(([month, x]) => ({ x, label: String(2022 + (month + 2) / 12) }))];
  }

  set(changes) {
    this.setParams(changes);
    return this.apply();
  }

  showControls() {
    const { state } = this;
    const words = (list) => list.map((name) => [name, format.words(name)]);
    const month = (label, key) => choice(label, "", [["", "any"], ...this.months()], (value) => this.set({ [key]: value }));
    if (this.selects) return this.syncControls();
    this.selects = {
      layout: choice("Layout", state.layout, LAYOUTS, (layout) => this.set({ layout, view: null })),
      color: choice("Colour by", state.color, ATTRIBUTES.map((name) => [name, wordFor(name)]), (color) => this.set({ color, highlight: null })),
      evidence: choice("Evidence at least", "", [["", "any"], ...words(this.vocabularies.evidence.slice(1))], (evidence) => this.set({ evidence })),
      from: month("Created from", "from"), to: month("Created until", "to"),
      downloads: choice("Downloads at least", "", DOWNLOADS.map((bucket) => [String(bucket), bucket ? format.number(leastDownloads(bucket)) : "any"]), (downloads) => this.set({ downloads: downloads === "0" ? null : downloads })),
      labels: choice("Labels", state.labels, LABELS, (labels) => this.set({ labels })),
      edges: choice("Edges", state.edges, EDGES, (edges) => this.set({ edges })),
    };
    this.reset = h("button", { type: "button", class: "quiet", onclick: () => this.set({ evidence: null, from: null, to: null, downloads: null, highlight: null }) }, "Clear filters");
    this.controls.append(...Object.values(this.selects), this.reset);
    return this.syncControls();
  }

  months() {
    const last = monthOf(this.manifest.snapshot_date.slice(0, 7)) ?? 0;
    return Array.from({ length: last + 1 }, (ignored, at) => {
      const month = monthAt(last - at);
      return [month, format.month(month)];
    });
  }

  syncControls() {
    const { state } = this;
    const values = { ...state, evidence: state.evidence ? this.vocabularies.evidence[state.evidence] : "", from: this.params.get("from") ?? "", to: this.params.get("to") ?? "", downloads: String(state.downloads) };
    for (const [key, label] of Object.entries(this.selects)) label.querySelector("select").value = values[key];
    this.reset.hidden = !(state.evidence || state.downloads || state.highlight || state.from !== null || state.to !== null);
  }

  showColors() {
    const { highlight, color } = this.state;
    this.renderer?.colors(paletteBytes(this.entries, highlight));
    const shownCount = (entry) => entry.indices.reduce((sum, index) => sum + this.counts[index], 0);
    const focused = this.legend.contains(document.activeElement) ? document.activeElement.dataset.label : null;
    this.legend.replaceChildren(h("p", {}, wordFor(color)), ...this.entries.map((entry) => h("button", {
      type: "button", class: "quiet", dataset: { label: entry.label }, "aria-pressed": String(entry.label === highlight),
      onclick: () => this.set({ highlight: entry.label === highlight ? null : entry.label }),
    }, h("span", { class: "swatch", style: { "--swatch": `var(${entry.variable})` } }), h("span", {}, format.words(entry.label)), h("span", { class: "count" }, format.number(shownCount(entry))))));
    if (focused !== null) [...this.legend.querySelectorAll("button")].find((button) => button.dataset.label === focused)?.focus();
    offerDownload("map legend", [color, "models shown"], this.entries.map((entry) => [entry.label, shownCount(entry)]));
  }

  showStatus() {
    const { graph } = this;
    const sentence = graph.shown ? `${format.number(graph.shownCount)} of ${format.number(graph.count)} connected models pass the filters.`
      : `${format.plural(graph.count, "connected model")} in ${format.plural(this.manifest.families, "family", "families")}; ${format.plural(this.manifest.models - graph.count, "other model")} not drawn.`;
    this.say(graph.shownCount ? sentence : "No model passes these filters.");
  }

  say(text) {
    this.status.textContent = text;
    announce(text);
  }

  nodeAt(x, y) {
    const { graph, camera, view } = this;
    if (!this.renderer?.buffers.order) return -1;
    const within = (pixels) => graph.nearest(view.layout, ...camera.toWorld(x, y), pixels / camera.scaleX, pixels / camera.scaleY);
    const close = within(REACH / 4); // enough where models are dense, and there it is fast
    return close >= 0 ? close : within(REACH);
  }

  describe(node) {
    const { color } = this.state;
    const value = this.vocabularies[color][this.values[node]];
    return [this.view.names?.name(node) ?? "…", `${wordFor(color)}: ${format.words(value)}`];
  }

  hover(node, x, y) {
    const { view } = this;
    if (node < 0) {
      this.tip.hidden = true;
    } else {
      this.tip.replaceChildren(...this.describe(node).map((text, at) => h(at ? "span" : "strong", {}, text)));
      this.tip.hidden = false;
      const left = Math.min(x + 14, this.camera.width - this.tip.offsetWidth - 8);
      const top = y + 18 + this.tip.offsetHeight > this.camera.height ? y - 12 - this.tip.offsetHeight : y + 18;
      this.tip.style.transform = `translate(${Math.max(4, Math.round(left))}px, ${Math.round(top)}px)`;
    }
    this.ring.hidden = node < 0;
    if (node >= 0) this.ring.style.transform = `translate(${view.pixelOf(node).map((pixel) => `${pixel}px`).join()})`;
  }

  describeCentre() {
    if (!this.view.isAimed) return;
    const [x, y] = [this.camera.width / 2, this.camera.height / 2];
    const node = this.nodeAt(x, y);
    this.hover(node, x, y);
    announce(node < 0 ? "No model under the crosshair." : `Under the crosshair: ${this.describe(node).join(". ")}`);
  }

  pick(x, y) {
    const node = this.nodeAt(x, y);
    if (node >= 0) this.select(node);
    else announce("No model there.");
  }

  zoomBy(factor) {
    this.camera.zoomAt(factor, this.camera.width / 2, this.camera.height / 2);
    this.view.request(true);
  }

  home() {
    this.camera.home();
    this.view.request(true);
  }

  goToFamily(name) {
    const family = this.view.discs.find((one) => one.root !== undefined && one.name === name);
    if (this.renderer && !this.view.isTimeline) this.camera.lookAtCircle(family);
    this.select(family.root);
    this.view.request(true);
  }

  go(node) {
    const { camera, view } = this;
    const { positions } = this.graph.layouts[view.layout];
    camera.look(positions[2 * node], positions[2 * node + 1], Math.max(camera.zoom, Math.min(400, WORLD / Math.max(1, view.familySpacing * 60))));
    this.select(node);
    view.request(true);
  }

  selectNamed() {
    const { view } = this;
    const name = this.params.get("model");
    if (!view.names) return;
    const node = name ? view.names.index(name) : -1;
    if (name && node < 0) this.status.textContent = `${name} is not on the map: it has no known edge, or it is not in this snapshot.`;
    if (node !== view.selected || (node >= 0 && !this.selection.childElementCount)) this.select(node, false);
  }

  async select(node, isNew = true) {
    const { view, graph } = this;
    await graph.loadEdges();
    view.names ??= await loadNames();
    view.select(node);
    if (isNew) this.setParams({ model: node < 0 ? null : view.names.name(node) });
    const hadFocus = this.selection.contains(document.activeElement);
    this.selection.replaceChildren();
    if (node >= 0) {
      const values = await this.facts(node);
      if (view.selected !== node) return;
      this.selection.replaceChildren(selectionPanel({ graph, names: view.names, node, values, select: (one) => this.go(one), clear: () => this.select(-1) }));
      offerDownload("relatives of the selection", RELATIVE_COLUMNS, () => relativeRows(graph, view.names, node));
      this.side.scrollTop = 0;
      if (hadFocus) this.selection.querySelector("h2").focus();
      if (isNew) announce(`Selected ${view.names.name(node)}: ${format.plural(graph.parents(node).length, "parent")}, ${format.plural(graph.childCount(node), "direct derivative")}.`);
    } else {
      offerDownload("relatives of the selection", null);
      if (hadFocus) this.stage.focus();
    }
    view.request();
  }

  async facts(node) {
    const found = {};
    for (const name of ATTRIBUTES) found[wordFor(name)] = format.words(this.vocabularies[name][(await this.graph.attribute(name))[node]]);
    found.Created = monthText((await this.data.u16("map/month.u16.gz", "The dates of models"))[node]);
    found.Downloads = downloadsText((await this.graph.attribute("downloads"))[node]);
    return found;
  }

  lassoMode() {
    const isOn = this.lassoButton.getAttribute("aria-pressed") !== "true";
    this.lassoButton.setAttribute("aria-pressed", String(isOn));
    this.stage.classList.toggle("lasso", isOn);
    announce(isOn ? "Lasso: draw round models. With the keyboard, v takes the models in view." : "Lasso off.");
  }

  takePath(path) {
    const polygon = path.map(([x, y]) => this.camera.toWorld(x, y));
    const [xs, ys] = [polygon.map(([x]) => x), polygon.map(([, y]) => y)];
    this.takeBox({ left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) }, (x, y) => isInside(polygon, x, y));
  }

  takeView() { this.takeBox(this.camera.box(), () => true); }

  takeBox(box, isTaken) {
    const nodes = [];
    this.graph.inBox(this.view.layout, box, (node, x, y) => { if (isTaken(x, y)) nodes.push(node); });
    if (nodes.length > MOST_TAKEN) {
      this.take(null);
      this.say(`These are ${format.number(nodes.length)} models; at most ${format.number(MOST_TAKEN)} can be taken. Zoom in, filter, or use hublake export.`);
      return;
    }
    this.take([...Uint32Array.from(nodes).sort()]);
  }

  /** Shows and offers the models taken; null drops them. */
  async take(nodes) {
    this.view.lassoPath = null;
    this.view.request();
    this.lassoed.replaceChildren();
    offerDownload("models taken", null);
    if (!nodes) return;
    const names = await loadNames();
    const attributes = await Promise.all([...ATTRIBUTES, "downloads"].map((name) => this.graph.attribute(name)));
    const months = await this.data.u16("map/month.u16.gz", "The dates of models");
    const { positions } = this.graph.layouts[this.view.layout];
    const columns = columnsOf(["model; relation:words", ...ATTRIBUTES.slice(1), "downloads_at_least; created; x; y"].join("; "));
    const row = (node) => [names.name(node), ...ATTRIBUTES.map((name, at) => this.vocabularies[name][attributes[at][node]]), attributes.at(-1)[node] ? leastDownloads(attributes.at(-1)[node]) : null, monthText(months[node]), positions[2 * node], positions[2 * node + 1]];
    offerDownload("models taken", columns, () => nodes.map(row), { isChosen: true });
    this.lassoed.replaceChildren(lassoPanel({ count: nodes.length, rows: nodes.slice(0, 100).map(row), columns, select: (name) => this.go(names.index(name)), clear: () => this.take(null) }));
    announce(`${format.plural(nodes.length, "model")} taken. Download at the foot of the page.`);
  }

  async savePicture() {
    this.view.draw();
    const blob = await picture({ canvas: this.canvas, overlay: this.overlay, entries: this.entries, counts: this.counts, title: wordFor(this.state.color), note: `${this.status.textContent} Snapshot of ${this.manifest.snapshot_date}. Hublake` });
    save(`hublake-map-${this.manifest.snapshot_date}.png`, blob, "image/png");
    announce("The picture was saved.");
  }

  update() { return this.apply(); }

  destroy() {
    this.observer?.disconnect();
    this.view?.stop();
  }
}

const STRIP = 0.06 * WORLD; // of the timeline: models without a date, or from before the Hub recorded it
