// Pointer, wheel, touch and keys on the stage. Everything that a pointer does has a key.

const STEP = 80; // pixels a press of an arrow

/**
 * `act`: {pan(x, y), zoom(factor, x, y), home(), hover(x, y), leave(), pick(x, y), lasso(points), view(), clear(), isLasso()}, all in pixels of the stage.
 */
export function wireStage(stage, act, signal) {
  const pointers = new Map();
  let [moved, path, pinch] = [0, null, 0];
  const at = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const middle = () => [...pointers.values()].reduce(([x, y], [nextX, nextY]) => [x + nextX / pointers.size, y + nextY / pointers.size], [0, 0]);
  const apart = () => { const [[x, y], [otherX, otherY]] = [...pointers.values()]; return Math.hypot(x - otherX, y - otherY); };
  const on = (type, handler, options = {}) => stage.addEventListener(type, handler, { signal, ...options });

  on("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest("button")) return;
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    moved = 0;
    if (pointers.size === 1 && (act.isLasso() || event.shiftKey)) path = [at(event)];
    if (pointers.size === 2) { pinch = apart(); path = null; }
  });
  on("pointermove", (event) => {
    const [x, y] = at(event);
    if (!pointers.has(event.pointerId)) {
      if (event.target.closest("button")) act.leave();
      else act.hover(x, y);
      return;
    }
    const before = middle();
    const [oldX, oldY] = pointers.get(event.pointerId);
    pointers.set(event.pointerId, [x, y]);
    moved += Math.abs(x - oldX) + Math.abs(y - oldY);
    if (path) {
      path.push([x, y]);
      act.lassoing(path);
    } else if (moved > 3) {
      const [nowX, nowY] = middle();
      act.pan(nowX - before[0], nowY - before[1]);
      if (pointers.size === 2) {
        const next = apart();
        if (pinch > 0) act.zoom(next / pinch, nowX, nowY);
        pinch = next;
      }
    }
  });
  const end = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (path && moved > 10) act.lasso(path);
    else if (moved <= 3 && event.type === "pointerup") act.pick(...at(event));
    path = null;
  };
  on("pointerup", end);
  on("pointercancel", end);
  on("pointerleave", act.leave);
  on("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
    act.zoom(Math.exp(-Math.max(-300, Math.min(300, pixels)) * 0.002), ...at(event));
  }, { passive: false });
  on("dblclick", (event) => { if (!event.target.closest("button")) act.zoom(2, ...at(event)); });
  on("keydown", (event) => {
    if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const [x, y] = [stage.clientWidth / 2, stage.clientHeight / 2];
    const step = event.shiftKey ? 4 * STEP : STEP;
    const keys = {
      ArrowLeft: () => act.pan(step, 0), ArrowRight: () => act.pan(-step, 0), ArrowUp: () => act.pan(0, step), ArrowDown: () => act.pan(0, -step),
      "+": () => act.zoom(1.5, x, y), "=": () => act.zoom(1.5, x, y), "-": () => act.zoom(1 / 1.5, x, y), 0: act.home, Home: act.home,
      Enter: () => act.pick(x, y), " ": () => act.pick(x, y), Escape: act.clear, v: act.view,
    };
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
}

/** Whether a point is inside of a polygon [[x, y], ...]: even-odd rule. */
export function isInside(polygon, x, y) {
  let inside = false;
  for (let at = 0, before = polygon.length - 1; at < polygon.length; before = at++) {
    const [[x1, y1], [x2, y2]] = [polygon[at], polygon[before]];
    if ((y1 > y) !== (y2 > y) && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}
