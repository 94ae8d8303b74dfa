import { css } from "../dom.js";

const COLORS = 8;
const GREY = new Set(["unknown", "other"]);

export function cssColor(name) {
  const hex = css(name);
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

/** Values with their colours; those beyond the eight most frequent are joined as "other". */
export function legendOf(vocabulary, counts) {
  const colored = vocabulary.map((label, index) => index).filter((index) => !GREY.has(vocabulary[index]));
  const frequent = new Set(colored.toSorted((one, other) => counts[other] - counts[one] || one - other).slice(0, COLORS));
  let next = 1;
  const entries = [];
  const other = { label: "other", indices: [], variable: "--other", count: 0 };
  vocabulary.forEach((label, index) => {
    if (frequent.has(index)) entries.push({ label, indices: [index], variable: `--c${next++}`, count: counts[index] });
    else if (label === "unknown") entries.push({ label, indices: [index], variable: "--unknown", count: counts[index] });
    else {
      other.indices.push(index);
      other.count += counts[index];
    }
  });
  entries.sort((one, another) => (one.label === "unknown") - (another.label === "unknown"));
  return [...entries, other].filter(({ count }) => count > 0);
}

export function paletteBytes(entries, highlight) {
  const bytes = new Uint8Array(256 * 4);
  const page = cssColor("--page");
  const grey = cssColor("--unknown").map((part, at) => 0.55 * part + 0.45 * page[at]);
  for (const entry of entries) {
    const isGreyed = highlight && entry.label !== highlight;
    const color = isGreyed ? grey : cssColor(entry.variable);
    for (const index of entry.indices) bytes.set([...color.map((part) => Math.round(part * 255)), isGreyed ? 128 : 255], 4 * index);
  }
  return bytes;
}
