// The shell. A page exports `title`, `render` and, optionally, `method` (a page of docs/method).
// render(element, context) may return {update(params), destroy(), doesNotSay}: update replaces a new render when only parameters changed.

import { data, DataError } from "./data.js";
import { forgetDownloads, wireDownloads } from "./download.js";
import { announce, encoded, h } from "./dom.js";
import { format } from "./format.js";
import { onSearchHit, wireSearch } from "./search_box.js";

const PAGES = {
  "": { label: "Home", load: () => import("./pages/home.js") },
  map: { label: "Map", load: () => import("./map/page.js") },
  licenses: { label: "Licences", load: () => import("./pages/licenses.js") },
  documentation: { label: "Documentation", load: () => import("./pages/documentation.js") },
  trends: { label: "Trends", load: () => import("./pages/trends.js") },
  vendors: { label: "Vendors", load: () => import("./pages/vendors.js") },
  datasets: { label: "Datasets", load: () => import("./pages/datasets.js") },
  data: { label: "Data", load: () => import("./pages/data.js") },
  model: { load: () => import("./pages/model.js") },
  family: { load: () => import("./pages/family.js") },
  author: { load: () => import("./pages/author.js") },
};
const THEMES = { auto: "System colours", light: "Light", dark: "Dark" };

const NO_STEP = /^(view|sort\..*)$/; // parameters
const RESTORING = 2000; // ms in which a page may still grow around the place that was left

let current = null; // {route, id, page, abort, params}

function parse(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [route, ...rest] = path.split("/");
  let id = rest.join("/");
  try { id = decodeURIComponent(id); } catch { /* an address that is not encoded is taken as it is */ }
  return { route: route.toLowerCase(), id, params: new URLSearchParams(query) };
}

function address({ route, id, params }) {
  const query = params.toString();
  return `#/${route}${id ? `/${encoded(id)}` : ""}${query ? `?${query}` : ""}`;
}

function setParams(view, changes) {
  let isStep = false;
  for (const [key, value] of Object.entries(changes)) {
    const next = value === null || value === undefined || value === "" ? null : String(value);
    isStep ||= next !== view.params.get(key) && !NO_STEP.test(key);
    if (next === null) view.params.delete(key);
    else view.params.set(key, next);
  }
  if (view !== current) return;
  if (isStep && isReady()) {
    keepPlace();
    history.pushState(null, "", address(view));
  } else {
    history.replaceState(history.state, "", address(view));
  }
}

const isReady = () => document.body.dataset.ready === "1";

function keepPlace() {
  if (isReady() && scrollY !== (history.state?.scrollY ?? 0)) history.replaceState({ scrollY }, "");
}

/** Scrolls to the place that was left while the page still grows, until the reader acts. */
function restorePlace(top, element, left) {
  const observer = new ResizeObserver(() => scrollTo(0, top));
  const acted = new AbortController();
  const signal = AbortSignal.any([left, acted.signal, AbortSignal.timeout(RESTORING)]);
  signal.addEventListener("abort", () => observer.disconnect());
  for (const kind of ["wheel", "pointerdown", "keydown"]) addEventListener(kind, () => acted.abort(), { signal, passive: true });
  observer.observe(element);
}

function leave() {
  current?.abort.abort();
  current?.page?.destroy?.();
  current = null;
  onSearchHit(null);
  forgetDownloads();
}

async function show() {
  const view = parse(location.hash);
  const isSamePage = current && current.route === view.route && current.id === view.id;
  if (isSamePage && current.page?.update) {
    current.params = view.params;
    return current.page.update(view.params);
  }
  const isFirst = current === null;
  const top = history.state?.scrollY ?? 0;
  leave();
  Object.assign(view, { abort: new AbortController(), page: null });
  current = view;
  const main = document.getElementById("page");
  delete document.body.dataset.ready;
  main.className = `page-${view.route || "home"}`;
  main.setAttribute("aria-busy", "true");
  main.replaceChildren(h("p", { class: "message loading" }, "Loading …"));
  markNavigation(view.route);
  window.scrollTo(0, 0);
  if (document.activeElement?.id !== "search") document.getElementById("search").value = "";
  let module = null;
  try {
    const manifest = await data.manifest();
    showSnapshot(manifest);
    if (!Object.hasOwn(PAGES, view.route)) throw new DataError(`The explorer has no page “${view.route}”. Choose one above.`);
    module = await PAGES[view.route].load();
    if (view !== current) return undefined;
    const element = h("div", { class: "content rendering" }); // in the document, so that a page can measure itself, but hidden
    const context = {
      get params() { return view.params; }, id: view.id, data, manifest, setParams: (changes) => setParams(view, changes), signal: view.abort.signal,
    };
    main.append(element);
    const early = limits(manifest.does_not_say[view.route], module.method);
    if (early) element.append(early);
    view.page = (await module.render(element, context)) ?? null;
    if (view !== current) return view.page?.destroy?.();
    element.classList.remove("rendering");
    main.querySelector(".loading")?.remove();
    const atEnd = early ?? limits(view.page?.doesNotSay, module.method);
    if (atEnd) element.append(atEnd);
  } catch (error) {
    if (view !== current) return undefined;
    main.replaceChildren(h("div", { class: "content" }, h("h1", {}, module?.title ?? "Hublake explorer"), h("p", { class: "message error", role: "alert" }, sentence(error))));
  }
  main.removeAttribute("aria-busy");
  const heading = main.querySelector("h1")?.textContent ?? module?.title ?? "";
  document.title = `${heading}${heading ? " · " : ""}Hublake explorer`;
  announce(`${heading}: ready.`);
  const isSearching = document.activeElement?.id === "search"; // the reader types already
  if (!isFirst && !isSearching) main.focus({ preventScroll: true });
  document.body.dataset.ready = "1";
  if (top) restorePlace(top, main, view.abort.signal);
  return undefined;
}

function sentence(error) {
  if (error instanceof DataError) return error.message;
  console.error(error);
  return `This page cannot be shown: ${error.message}. Reload it, or report this sentence.`;
}

function limits(doesNotSay, method) {
  return doesNotSay && h("details", { class: "limits" }, h("summary", {}, "What this does not say"),
    h("ul", {}, doesNotSay.map((sentence) => h("li", {}, sentence))),
    method ? h("p", { class: "note" }, `How the figures are computed: docs/method/${method}.md of Hublake.`) : null);
}

function showSnapshot(manifest) {
  document.getElementById("snapshot").replaceChildren("Snapshot of ", h("time", { datetime: manifest.snapshot_date }, format.date(manifest.snapshot_date)),
    ` · ${format.number(manifest.models)} models · ${format.number(manifest.edges)} edges · ${manifest.generated_by}`);
}

function markNavigation(route) {
  for (const link of document.querySelectorAll("#pages a")) {
    if (link.dataset.route === route) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  showCurrent();
}

function showCurrent() {
  const [nav, link] = [document.querySelector("nav"), document.querySelector("#pages a[aria-current]")];
  if (link) nav.scrollLeft += link.getBoundingClientRect().left + link.offsetWidth / 2 - nav.getBoundingClientRect().left - nav.clientWidth / 2;
}

function wireTheme() {
  const button = document.getElementById("theme");
  const set = (theme) => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = THEMES[theme];
    button.setAttribute("aria-label", `Colours: ${THEMES[theme]}`);
    document.dispatchEvent(new Event("themechange"));
  };
  set(document.documentElement.dataset.theme ?? "auto");
  button.addEventListener("click", () => {
    const order = Object.keys(THEMES);
    const next = order[(order.indexOf(document.documentElement.dataset.theme ?? "auto") + 1) % order.length];
    try { localStorage.setItem("hublake-theme", next); } catch { /* the choice lasts as long as the page */ }
    set(next);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event("themechange")));
}

document.getElementById("pages").append(...Object.entries(PAGES).filter(([, page]) => page.label)
  .map(([route, page]) => h("li", {}, h("a", { href: `#/${route}`, dataset: { route } }, page.label))));
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("page").focus();
});
wireTheme();
wireSearch();
wireDownloads();
history.scrollRestoration = "manual";
addEventListener("scrollend", keepPlace);
addEventListener("click", keepPlace, true); // before a link leaves the page
addEventListener("resize", showCurrent);
addEventListener("hashchange", show);
show();
