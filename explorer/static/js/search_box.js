// The search box of every page: `/` focuses it, arrows move, Enter opens a model. On the map a hit is selected there instead.

import { h, modelAddress } from "./dom.js";
import { format } from "./format.js";
import { names } from "./names.js";

const HITS = 12;
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
    input.value = hit.name;
    if (choose && hit.index >= 0) choose(hit.name, hit.index);
    else location.hash = modelAddress(hit.name);
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

  async function search() {
    const query = input.value.trim();
    const mine = ++request;
    if (!query) return close();
    note.textContent = "Reading the names of models …";
    if (!hits.length) { list.replaceChildren(); show(true); }
    try {
      const known = await names();
      if (mine !== request) return undefined;
      const { found, exact, isMore } = known.best(query, HITS);
      hits = found.map((index) => ({ name: known.name(index), index }));
      if (exact < 0 && /^[^\s/]+\/[^\s/]+$/.test(query)) hits.push({ name: query, index: -1 });
      note.textContent = !found.length ? `None of the ${format.number(known.count)} connected models has this in its name.`
        : isMore ? `The ${HITS} with the highest impact. Type more to narrow them down.` : `${format.plural(found.length, "model")}, by impact.`;
      list.replaceChildren(...hits.map((hit, at) => h("li", {
        id: `hit-${at}`, role: "option", "aria-selected": "false", onpointerdown: (event) => { event.preventDefault(); go(hit); },
      }, hit.index < 0 ? `Open the page of ${hit.name}` : hit.name)));
      mark(-1);
    } catch (error) {
      hits = [];
      list.replaceChildren();
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
