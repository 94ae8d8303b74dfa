"""How fast is the map of the explorer drawn, searched and hovered over in a browser without a graphics card, and in how much memory?

python -m benchmarks.explorer_browser [--models 1000000] [--folder DIR]

Generates the data folder of a synthetic hub (1 million models: 25 s; 3.1 million: 80 s; kept in DIR if one is given), then opens the map in
Chromium with WebGL in software. "Drawn" includes a pixel that is read back; what is received until then is counted up to a fence behind the
first picture. CPU is that of all processes of the browser. Requires the group dev and chromium on the PATH.
"""

import argparse
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING

import psutil

from benchmarks.figure import cpu_seconds, lap, show
from benchmarks.synthetic_map import write_map
from hublake.explorer.server import ExplorerServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

LARGE = 2_000_000  # models from which the second bar holds
BARS = {False: ("2 s quiet", "4 s", "200 MB"), True: ("4 s quiet", "6 s", "500 MB")}
QUERIES = ("llama", "zzzz", "user5/", "gguf whisper", "lora gguf zz", "a")
READ_BACK = """() => {
  const gl = document.querySelector(".stage canvas").getContext("webgl2");
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
}"""
NOTE_DRAWN = """new MutationObserver((changes, observer) => {
  if (document.body?.dataset.ready !== "1") return;
  observer.disconnect();
  const gl = document.querySelector(".stage canvas").getContext("webgl2");
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  const wait = () => {
    if (gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED) setTimeout(wait);
    else window.drawnAt = performance.now();
  };
  wait();
}).observe(document, { subtree: true, childList: true, attributes: true });"""
# The page requests edges behind a fence of its own, which is passed a moment before this one: what it requests then does not count.
RECEIVED = """(() => {
  if (!window.drawnAt) throw new Error("no picture was drawn");
  return performance.getEntriesByType("resource").filter(({ responseEnd }) => responseEnd <= window.drawnAt)
    .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
})()"""
SEARCH = """async (query) => {
  const { names } = await import(`${location.origin}/js/names.js`);
  const known = await names();
  const start = performance.now();
  known.best(query, 12);
  return performance.now() - start;
}"""
HOVER = """() => {
  const stage = document.querySelector(".stage");
  const box = stage.getBoundingClientRect();
  const times = [];
  for (let at = 0; at < 200; at++) {
    const place = { clientX: box.left + box.width * ((at * 0.618) % 1), clientY: box.top + box.height * ((at * 0.414) % 1), bubbles: true };
    const start = performance.now();
    stage.dispatchEvent(new PointerEvent("pointermove", place));
    times.push(performance.now() - start);
  }
  return times.sort((one, other) => one - other)[190];
}"""


def measure(page: "Page", url: str, models: int) -> None:
    """Open the map and print its figures with their bars."""
    wall, cpu, heap = BARS[models >= LARGE]
    foreign: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: None if request.url.startswith((url, "blob:")) else foreign.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.add_init_script(f"if (location.hash) {NOTE_DRAWN}")
    page.goto("about:blank")
    before = cpu_seconds()
    with lap() as drawn:
        page.goto(f"{url}#/map")
        page.locator("body[data-ready='1']").wait_for()
        page.evaluate(READ_BACK)
    load = psutil.getloadavg()[0]
    show(f"map of {models:,} connected models drawn, at load {load:.1f}", drawn.seconds, unit="s", bar=f"<= {wall}")
    show("CPU until drawn", cpu_seconds() - before, unit="s", bar=f"<= {cpu}")
    page.locator(".stage[data-loaded='1']").wait_for()
    show("search ready, since the start", page.evaluate("performance.now() / 1000"), unit="s", bar="<= 5 s at 1 million, quiet")
    show("received until drawn", page.evaluate(RECEIVED) / 1e6, unit="MB", bar="<= 20 MB at 3.1 million")
    show("heap with names and edges", page.evaluate("performance.memory.usedJSHeapSize / 1e6"), unit="MB", bar=f"<= {heap}")
    show("slowest search", max(page.evaluate(SEARCH, query) for query in QUERIES), unit="ms", bar="<= 150 ms at 3.1 million")
    show("hover, 95 % of 200", page.evaluate(HOVER), unit="ms", bar="<= 5 ms")
    show("requests to other addresses", len(foreign), unit="", bar="0")
    show("errors on the console", len(errors), unit="", bar="0")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the explorer with the data of a folder."""
    with ExplorerServer(folder, {}, 0) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.url
        server.shutdown()


def main() -> None:
    """Print the figures for one size."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=1_000_000, help="connected models")
    parser.add_argument("--folder", type=Path, help="where the data are kept for the next run")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        parser.error("no chromium on the PATH (Debian: apt install chromium)")
    with TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)) / str(options.models)
        if not (folder / "manifest.json").exists():
            write_map(folder, options.models)
        arguments = ["--no-sandbox", "--enable-unsafe-swiftshader", "--enable-precise-memory-info"]
        with served(folder) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            page.set_default_timeout(90_000)
            measure(page, url, options.models)
            browser.close()


if __name__ == "__main__":
    main()
