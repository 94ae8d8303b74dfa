import { css } from "../dom.js";

const MARGIN = 24;

export async function picture({ canvas, overlay, entries, counts, title, note }) {
  const font = css("--font");
  const scale = Math.max(1, canvas.width / 1400);
  const [line, margin] = [22 * scale, MARGIN * scale];
  const sheet = document.createElement("canvas");
  Object.assign(sheet, { width: canvas.width, height: canvas.height + Math.round(3 * line + margin) });
  const context = sheet.getContext("2d");
  context.fillStyle = css("--page");
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.drawImage(canvas, 0, 0);
  context.drawImage(overlay, 0, 0);
  context.textBaseline = "middle";
  let [x, y] = [margin, canvas.height + margin];
  const write = (text, weight, ink) => {
    context.font = `${weight} ${13 * scale}px ${font}`;
    context.fillStyle = css(ink);
    context.fillText(text, x, y);
    x += context.measureText(text).width;
  };
  write(title, 600, "--text");
  x += 14 * scale;
  for (const entry of entries) {
    const count = entry.indices.reduce((sum, index) => sum + counts[index], 0).toLocaleString("en-GB");
    context.font = `400 ${13 * scale}px ${font}`;
    if (x + context.measureText(`${entry.label} ${count}`).width + 30 * scale > sheet.width - margin) { x = margin; y += line; }
    context.fillStyle = css(entry.variable);
    context.beginPath();
    context.arc(x + 6 * scale, y, 6 * scale, 0, 2 * Math.PI);
    context.fill();
    x += 17 * scale;
    write(`${entry.label.replaceAll("_", " ")} `, 400, "--text");
    write(count, 400, "--soft");
    x += 16 * scale;
  }
  x = margin;
  y += line;
  write(note, 400, "--soft");
  return new Promise((resolve) => { sheet.toBlob(resolve, "image/png"); });
}
