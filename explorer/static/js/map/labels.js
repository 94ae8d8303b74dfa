import { css } from "../dom.js";

export const DENSITIES = { none: null, few: { pixels: 44, most: 14 }, normal: { pixels: 24, most: 36 }, many: { pixels: 11, most: 110 } };

/** Draws [{x, y, text, note, size, align}] (pixels, best first) until `most` are placed; returns the boxes that are taken. */
export function drawLabels(context, entries, { most, text, halo, taken = [], width, height }) {
  let placed = 0;
  const font = css("--font");
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const entry of entries) {
    if (placed >= most) break;
    context.font = `600 ${entry.size}px ${font}`;
    const wide = context.measureText(entry.text).width + 8;
    const high = entry.size + (entry.note ? entry.size : 0) + 6;
    let left = entry.align === "right" ? entry.x - wide - 6 : entry.align === "left" ? entry.x + 6 : entry.x - wide / 2;
    if (entry.align === "right" && left < 2) left = entry.x + 4;
    const top = Math.max(2, entry.y - high / 2);
    const box = [left, top, left + wide, top + high];
    if (box[0] < 2 || entry.y < 0 || box[2] > width - 2 || box[3] > height - 2) continue;
    if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
    taken.push(box);
    placed++;
    const middle = top + high / 2 - (entry.note ? entry.size / 2 - 1 : 0);
    context.textAlign = "left";
    write(context, entry.text, left + 4, middle, text, halo);
    if (entry.note) {
      context.font = `400 ${entry.size - 2}px ${font}`;
      const noteLeft = entry.align ? left + 4 : left + 4 + (wide - 8 - context.measureText(entry.note).width) / 2;
      write(context, entry.note, noteLeft, middle + entry.size, text, halo);
    }
  }
  return taken;
}

function write(context, words, x, y, color, halo) {
  context.strokeStyle = halo;
  context.lineWidth = 3.5;
  context.strokeText(words, x, y);
  context.fillStyle = color;
  context.fillText(words, x, y);
}

export function drawAxis(context, ticks, { text, line, page, width, height }) {
  context.fillStyle = page;
  context.fillRect(0, height - 26, width, 26);
  context.font = `400 12px ${css("--font")}`;
  context.textBaseline = "middle";
  context.textAlign = "center";
  for (const { x, label } of ticks) {
    if (x < 0 || x > width) continue;
    context.strokeStyle = line;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, height - 24);
    context.stroke();
    if (x > 18 && x < width - 18) {
      context.fillStyle = text;
      context.fillText(label, x, height - 12);
    }
  }
}
