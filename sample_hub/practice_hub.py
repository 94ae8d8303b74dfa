"""A practice hub that runs in a background thread, on loopback."""

import asyncio
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from ssl import SSLContext
from types import TracebackType

from aiohttp import web

from hublake.lake.errors import WrongUse
from hublake.sample_hub.server.application import ServerOptions, create_application
from hublake.sample_hub.server.faults import Faults
from hublake.sample_hub.server.quota import Quotas, RateLimiter
from hublake.sample_hub.server.request_log import RequestLog
from hublake.sample_hub.store import Store

HOST = "127.0.0.1"


class PracticeHub:
    """Serves a store inside a `with` block. `url` is a value for HF_ENDPOINT, `requests` the log of requests, `limiter` the used quota.

    The default quotas are those of an anonymous client of the real Hub; by default no fault is injected. `granted_tokens` have access
    to gated repositories; every request needs `required_token`, if there is one. With `tls` the hub speaks https. Port 0 takes any free
    one. Raises WrongUse where the port is taken. The caller closes the store.
    """

    def __init__(
        self,
        store: Store,
        *,
        quotas: Quotas | None = None,
        faults: Faults | None = None,
        granted_tokens: Iterable[str] = (),
        required_token: str | None = None,
        sends_retry_after: bool = False,
        response_seconds: float = 0.0,
        host: str = HOST,
        port: int = 0,
        tls: SSLContext | None = None,
    ) -> None:
        self.store = store
        self.requests = RequestLog()
        self.url = ""
        self._options = ServerOptions(
            quotas or Quotas(), faults or Faults(), frozenset(granted_tokens), required_token, sends_retry_after, response_seconds
        )
        self.limiter = RateLimiter(self._options.quotas)
        self._host, self._port, self._tls = host, port, tls
        self._started: Future[int] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="practice hub", daemon=True)

    def __enter__(self) -> "PracticeHub":
        self._thread.start()
        try:
            port = self._started.result()
        except OSError as error:
            address = f"{self._host}:{self._port}"
            raise WrongUse(f"cannot listen on {address}: {error.strerror}. Choose another port (--port), or 0 for any free one.") from error
        self.url = f"{'https' if self._tls else 'http'}://{HOST}:{port}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._loop and self._stop:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        application = create_application(self.store, self._options, self.requests, self.limiter)
        # Responses are short, so a shutdown waits for open connections only briefly.
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port, ssl_context=self._tls).start()
        except OSError as error:
            self._started.set_exception(error)
        else:
            self._started.set_result(int(runner.addresses[0][1]))
            await self._stop.wait()
        await runner.cleanup()
