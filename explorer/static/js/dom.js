// Elements are built by calls, and text from the Hub only ever becomes a text node: no markup is parsed anywhere.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name === "style") for (const [property, setting] of Object.entries(value)) element.style.setProperty(property, setting);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An HTML element: h("a", {href, class, onclick, dataset: {}, style: {"--x": 1}}, children...). */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

export const encoded = (id) => id.split("/").map(encodeURIComponent).join("/");
export const modelAddress = (id) => `#/model/${encoded(id)}`;
export const familyAddress = (id) => `#/family/${encoded(id)}`;
export const authorAddress = (name) => `#/author/${encodeURIComponent(name)}`;
export const datasetAddress = (id) => `#/datasets?${new URLSearchParams({ dataset: id })}`;

export function empty(sentence) {
  return h("p", { class: "message" }, sentence);
}

export function figures(entries) {
  return h("dl", { class: "figures" }, entries.map(([label, value, note]) =>
    h("div", {}, h("dt", {}, label), h("dd", {}, value), note ? h("dd", { class: "note" }, note) : null)));
}

export function choice(label, value, options, onchange) {
  const select = h("select", { onchange: () => onchange(select.value) }, options.map(([key, text]) => h("option", { value: key }, text)));
  select.value = value;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
  return h("label", { class: "choice" }, h("span", {}, label), select);
}

/** The value of a variable of the style sheets. */
export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const pause = (milliseconds = 0) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

export function announce(sentence) {
  document.getElementById("live").textContent = sentence;
}
