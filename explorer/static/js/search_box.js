import { data } from "./data.js";
import { h, modelAddress, pause } from "./dom.js";
import { format } from "./format.js";
import { names } from "./names.js";

const HITS = 12;
const PAUSE = 250; // ms of no typing before the server is searched
let choose = null;

/** What a chosen hit does: (name, index) => void. Null opens the page of the model. */
export function onSearchHit(handler) {
  choose = handler;
}

export function wireSearch() {
  const input = document.getElementById("search");
  const panel = document.querySelector(".results");
  const list = document.getElementById("search-results");
  const note = document.getElementById("search-note");
  let [hits, active, request] = [[], -1, 0];

  const show = (isOpen) => {
    panel.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen && hits.length > 0));
  };
  const close = () => { show(false); active = -1; input.removeAttribute("aria-activedescendant"); };
  const go = (hit) => {
    close();
    input.value = "";
    hits = [];
    request++;
    if (choose && hit.index >= 0) return choose(hit.name, hit.index);
    input.blur(); // the page that opens takes the focus
    location.hash = modelAddress(hit.name);
    return undefined;
  };
  const mark = (next) => {
    active = next;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === active)));
    if (active < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[active].id);
      list.children[active].scrollIntoView({ block: "nearest" });
    }
  };

  function offer(next) {
    const chosen = hits[active]?.name;
    hits = next;
    list.replaceChildren(...hits.map((hit, at) => h("li", {
      id: `hit-${at}`, role: "option", "aria-selected": "false", onpointerdown: (event) => { event.preventDefault(); go(hit); },
    }, hit.lead, hit.name, hit.remark ? h("span", { class: "remark" }, ` ${hit.remark}`) : null)));
    mark(chosen ? hits.findIndex((hit) => hit.name === chosen) : -1);
    show(document.activeElement === input);
  }

  async function search() {
    const query = input.value.trim();
    const mine = ++request;
    if (!query) return close();
    note.textContent = "Reading the names of models …";
    if (!hits.length) { list.replaceChildren(); show(true); }
    try {
      const known = await names();
      const { server } = await data.manifest();
      if (mine !== request) return undefined;
      const { found, exact, isMore } = known.best(query, HITS);
      const connected = found.map((index) => ({ name: known.name(index), index }));
      const full = exact < 0 && /^[^\s/]+\/[^\s/]+$/.test(query) ? [{ name: query, index: -1, lead: "Open the page of " }] : [];
      offer([...connected, ...full]);
      const of = `of ${format.number(known.count)} connected models`;
      note.textContent = isMore ? `The ${HITS} with the highest impact ${of}. Type more to narrow them down.`
        : server ? "Searching the models without known relatives …"
        : `${found.length ? format.number(found.length) : "None"} ${of}${found.length ? ", by impact" : " has this in its name"}; others open by their full name.`;
      if (!isMore && server) {
        await pause(PAUSE);
        if (mine !== request) return undefined;
        const others = await data.find(query);
        if (mine !== request) return undefined;
        const hit = (remark) => (name) => ({ name, index: known.index(name), remark });
        const more = others.found.filter((name) => known.index(name) < 0).map(hit("no known relatives"));
        const all = [...connected, ...more, ...others.similar.map(hit("similar name"))];
        const same = all.find(({ name }) => name === query);
        offer([...new Set([same ?? [], all, same ? [] : full].flat())].slice(0, HITS));
        note.textContent = !others.found.length ? `No model has this in its name.${others.similar.length ? " These names are similar." : ""}`
          : more.length ? "Connected models by impact, then others by downloads." : `${format.plural(found.length, "model")}, by impact.`;
      }
    } catch (error) {
      if (mine !== request) return undefined;
      note.textContent = error.message;
    }
    return show(document.activeElement === input);
  }

  input.addEventListener("input", search);
  input.addEventListener("focus", () => { names().catch(() => {}); if (input.value && hits.length) show(true); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" && hits.length) mark((active + 1) % hits.length);
    else if (event.key === "ArrowUp" && hits.length) mark((active + hits.length) % (hits.length + 1) - (active < 0 ? 1 : 0));
    else if (event.key === "Enter" && hits.length) go(hits[Math.max(0, active)]);
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}
