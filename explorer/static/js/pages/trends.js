import { showPage } from "./frame.js";

export const title = "Trends";
export const method = "timeline";

export function render(element, context) {
  return showPage(element, context, "trends");
}
