"""One Chromium and one server for all tests of the pages; each test has a page of its own.

A page that logs an error, throws, or requests anything from elsewhere fails its test. `.ci/run` installs Chromium where apt can.
"""

import gzip
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Literal

import pytest

from benchmarks.synthetic_map import write_map
from hublake.explorer.server import ExplorerServer
from tests.explorer.browser import facts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MODELS = 3000
PATIENCE_SECONDS = 30.0
AXE = Path(__file__).parent / "axe" / "axe-core-4.14.1.min.js.gz"
ARGUMENTS = ["--no-sandbox", "--enable-unsafe-swiftshader", "--force-color-profile=srgb", "--hide-scrollbars"]
NO_WEBGL = "HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, {apply: (get, canvas, args) => args[0] === 'webgl2' ? null : Reflect.apply(get, canvas, args)})"
OVERLAPS = """() => [...document.querySelectorAll(".plot-svg [aria-label$='tick label']")].flatMap((group) => {
  const names = [...group.querySelectorAll("text")].map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
  const cover = (one, other) => one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 3 && other.top < one.bottom - 3;
  const left = group.closest("svg").getBoundingClientRect().left;
  return names.flatMap(({ text, box }, at) => [...names.slice(at + 1).filter((other) => cover(box, other.box)).map((other) => `${text} covers ${other.text}`),
    ...(box.left < left - 1 ? [`${text} begins outside`] : [])]);
})"""
Theme = Literal["light", "dark"]


@pytest.fixture(scope="package")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium with WebGL in software; the tests are skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on the PATH (Debian: apt install chromium)")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="package")
def map_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a synthetic hub: the map, without pages."""
    folder = tmp_path_factory.mktemp("map")
    write_map(folder, MODELS)
    return folder


@pytest.fixture(scope="package")
def map_url(map_folder: Path) -> Iterator[str]:
    """The explorer with that data, and the facts on one model."""
    with ExplorerServer(map_folder, {"model": facts.model, "find": facts.find}, 0) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.url
        server.shutdown()


@dataclass
class Opened:
    """A page of the explorer, and what it did that no page may do."""

    page: "Page"
    url: str
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def go(self, address: str) -> "Page":
        """Open an address such as "#/map" as a new document, until it has rendered."""
        self.page.goto("about:blank")
        self.page.goto(self.url + address)
        self.page.locator("body[data-ready='1']").wait_for()
        return self.page

    def expect_fault(self, part: str) -> None:
        """Allow messages with this text."""
        self.expected.append(part)

    def axe(self) -> list[str]:
        """Violations of WCAG 2.2 A and AA and of best practice."""
        self.page.evaluate(gzip.decompress(AXE.read_bytes()).decode())
        found: list[dict[str, Any]] = self.page.evaluate("async () => (await axe.run()).violations")
        return [f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found]

    def wait_until(self, condition: str) -> None:
        """Wait until an expression is true. `wait_for_function` evaluates it in the page, which the content policy forbids."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.page.evaluate(condition):
            assert time.monotonic() < deadline, condition
            self.page.wait_for_timeout(50)

    def overlaps(self) -> list[str]:
        """Names on the axes of charts that cover each other or begin outside of their picture."""
        found: list[str] = self.page.evaluate(OVERLAPS)
        return found

    def picture(self) -> bytes:
        """The whole page, once its charts are drawn."""
        self.wait_until("[...document.querySelectorAll('.plot')].every((plot) => plot.childElementCount)")
        return self.page.screenshot(full_page=True)


Open = Callable[..., Opened]


@pytest.fixture
def open_explorer(browser: "Browser") -> Iterator[Open]:
    """Opens a window: open_explorer(url, width=..., height=..., theme="dark", webgl=False). Fails if the page misbehaved."""
    contexts, windows = [], []

    def opened(url: str, width: int = 1200, height: int = 800, theme: Theme = "light", *, webgl: bool = True) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce", accept_downloads=True
        )
        context.set_default_timeout(20_000)
        if not webgl:
            context.add_init_script(NO_WEBGL)
        window = Opened(context.new_page(), url)
        window.page.on("console", lambda message: window.faults.append(message.text) if message.type == "error" else None)
        window.page.on("pageerror", lambda error: window.faults.append(f"threw {error}"))
        window.page.on("dialog", lambda dialog: window.faults.append(f"dialog {dialog.message}"))
        window.page.on("request", lambda request: note_foreign(window, request.url))
        contexts.append(context)
        windows.append(window)
        return window

    yield opened
    for context in contexts:
        context.close()
    for window in windows:
        assert not [fault for fault in window.faults if not any(part in fault for part in window.expected)]


def note_foreign(window: Opened, address: str) -> None:
    """Requests go to the server of the page, or to what the page made itself."""
    if not address.startswith((window.url, "blob:", "data:", "about:")):
        window.faults.append(f"requested {address}")
