import { showPage } from "./frame.js";

export const title = "Trends";
export const method = "timeline";
export let doesNotSay = [];

export async function render(element, context) {
  ({ doesNotSay } = await showPage(element, context, "trends"));
}
