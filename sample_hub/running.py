"""A hub that runs beside the caller, in a thread, on loopback."""

import asyncio
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from types import TracebackType

from aiohttp import web

from hublake.lake.errors import WrongUse
from hublake.sample_hub.faults import Faults
from hublake.sample_hub.quota import Quotas, Windows
from hublake.sample_hub.requests_seen import RequestsSeen
from hublake.sample_hub.server import Terms, application
from hublake.sample_hub.store import Store

HOST = "127.0.0.1"


class Hub:
    """Serves a store while the `with` block lasts: `url` is what HF_ENDPOINT wants, `requests` tells what was asked, `windows` what of
    the quota was used.

    Without `quotas` it counts as the real Hub counts an anonymous client; without `faults` nothing goes wrong. `granted_tokens` are
    let into gated repos. Port 0 takes any free one. Raises WrongUse where the port is taken. The store stays open for the caller.
    """

    def __init__(
        self,
        store: Store,
        *,
        quotas: Quotas | None = None,
        faults: Faults | None = None,
        granted_tokens: Iterable[str] = (),
        sends_retry_after: bool = False,
        answer_seconds: float = 0.0,
        host: str = HOST,
        port: int = 0,
    ) -> None:
        self.store = store
        self.requests = RequestsSeen()
        self.url = ""
        self._terms = Terms(quotas or Quotas(), faults or Faults(), frozenset(granted_tokens), sends_retry_after, answer_seconds)
        self.windows = Windows(self._terms.quotas)
        self._host, self._port = host, port
        self._started: Future[int] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="sample hub", daemon=True)

    def __enter__(self) -> "Hub":
        self._thread.start()
        try:
            port = self._started.result()
        except OSError as taken:
            where = f"{self._host}:{self._port}"
            raise WrongUse(f"cannot listen on {where}: {taken.strerror}. Choose another port (--port), or 0 for any free one.") from taken
        self.url = f"http://{HOST}:{port}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._loop and self._stop:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        # Answers are short: on leaving nobody is waited for longer than a moment.
        runner = web.AppRunner(application(self.store, self._terms, self.requests, self.windows), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as taken:
            self._started.set_exception(taken)
        else:
            self._started.set_result(int(runner.addresses[0][1]))
            await self._stop.wait()
        await runner.cleanup()
