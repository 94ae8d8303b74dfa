"""Single requests to the Hub, within its quota. The crawler reads the whole Hub; this reads a few models for one reader."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urljoin

from hublake import __version__
from hublake.lake.errors import HublakeError
from hublake.lake.expands import KNOWN_GOOD, MODEL_EXPANDS
from hublake.lake.hub_requests import card_url, normalize_endpoint, origin_of, repo_url
from hublake.lake.link_header import next_targets
from hublake.lake.rate_limits import parse_rate_limit, parse_retry_after

MAX_ITEM_BYTES = 32 << 20
MAX_CARD_BYTES = 8 << 20
ATTEMPTS = 4
LONGEST_WAIT = 300.0  # seconds; the Hub's quota has windows of five minutes
MAX_REDIRECTS = 5
PAGE = 100
CHILDREN = "childrenModelCount"  # for single models only: listings refuse it
ABSENT = (401, 403, 404, 410, 451)  # the Hub answers 401 for a name that does not exist
REDIRECTS = (301, 302, 303, 307, 308)
Query = Sequence[tuple[str, str]]


class HubClient:
    """Requests to one endpoint, one after another. The token is sent to the endpoint's own scheme, host and port only.

    A response of 429 or of the 5xx is retried, after the time that it states. `notify` gets a sentence for each wait of some seconds.
    Raises HublakeError where the Hub cannot be reached, refuses the token or sends what cannot be read.
    """

    def __init__(
        self, endpoint: str, token: str | None, timeout: float, notify: Callable[[str], None], pause: Callable[[float], None] = time.sleep
    ) -> None:
        self.endpoint = normalize_endpoint(endpoint)
        self._token = token
        self._timeout = timeout
        self._notify = notify
        self._pause = pause
        self._opener = urllib.request.build_opener(_EveryResponse)
        self._expands: tuple[str, ...] = (*MODEL_EXPANDS, CHILDREN)

    def item(self, model_id: str) -> str | None:
        """The metadata of a model as JSON text; None if the Hub shows no such model. A former name yields the model's present item."""
        while True:
            query = urlencode([("expand[]", name) for name in self._expands])
            status, body = self._get(f"{repo_url(self.endpoint, 'model', model_id)}?{query}", MAX_ITEM_BYTES)
            if status != 400 or not (fewer := self._fewer_expands()):
                break
            self._expands = fewer
        if status in ABSENT:
            return None
        if status != 200 or body is None:
            raise HublakeError(f"{self.endpoint} answered {status} for the model {model_id}. Try again later, or read a warehouse")
        return body.decode("utf-8", "replace")

    def _fewer_expands(self) -> tuple[str, ...]:
        """The fields to request after a refusal: without the count of children, then those that the Hub has long had; then none is left."""
        known = tuple(name for name in MODEL_EXPANDS if name in KNOWN_GOOD["model"])
        return MODEL_EXPANDS if CHILDREN in self._expands else known if self._expands != known else ()

    def card(self, model_id: str, sha: str | None) -> bytes | None:
        """The bytes of the model's card at a commit; None without a card, and for one that is not shown or larger than MAX_CARD_BYTES."""
        status, body = self._get(card_url(self.endpoint, "model", model_id, sha), MAX_CARD_BYTES)
        return body if status == 200 else None

    def items(self, query: Query) -> Iterator[dict[str, Any]]:
        """The items of the listing with these parameters, page by page."""
        expands = [("expand[]", name) for name in KNOWN_GOOD["model"]]
        url: str | None = f"{self.endpoint}/api/models?{urlencode([*query, ('limit', str(PAGE)), *sorted(expands)])}"
        while url is not None:
            with self._response(url) as response:
                body = _read(response, MAX_ITEM_BYTES)
                link = ", ".join(response.headers.get_all("Link") or ())  # a sender may split the list over several lines
            if response.status != 200 or body is None:
                raise HublakeError(
                    f"{self.endpoint} answered {response.status} for the list of models. Use other filters, or try again later"
                )
            try:
                found = json.loads(body)
            except (ValueError, RecursionError) as error:
                raise HublakeError(f"{self.endpoint} sent a list of models that cannot be read: {error}") from None
            yield from (item for item in found if isinstance(item, dict))
            url = self._next(url, link) if found else None

    def _next(self, url: str, link: str) -> str | None:
        """The next page's address; None after the last, and for one that is on another host or cannot be parsed."""
        target = next(next_targets(link), None)
        try:
            following = None if target is None else urljoin(url, target)
        except ValueError:
            return None
        return following if following != url and origin_of(following or "") == origin_of(self.endpoint) else None

    def _get(self, url: str, most: int) -> tuple[int, bytes | None]:
        with self._response(url) as response:
            return response.status, _read(response, most)

    def _response(self, url: str) -> http.client.HTTPResponse:
        for attempt in range(ATTEMPTS):
            try:
                response = self._follow(url)
            except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
                reason = getattr(error, "reason", error)
                if attempt + 1 == ATTEMPTS:
                    raise HublakeError(f"{self.endpoint} cannot be reached ({reason}). Check the network and --endpoint") from None
                self._wait(2.0**attempt, str(reason))
                continue
            if attempt + 1 == ATTEMPTS or (response.status != 429 and response.status < 500):
                break
            response.close()
            self._wait(_seconds_to_wait(response, 2.0**attempt), f"it answered {response.status}")
        return response

    def _wait(self, seconds: float, reason: str) -> None:
        if seconds >= 2:
            self._notify(f"waiting {seconds:.0f} s for {self.endpoint}: {reason}")
        self._pause(seconds)

    def _follow(self, url: str) -> http.client.HTTPResponse:
        """The first response that is no redirect. Redirects to a file server are followed without the token."""
        for _ in range(MAX_REDIRECTS):
            headers = {"User-Agent": f"hublake/{__version__}", "Accept-Encoding": "identity"}
            if self._token is not None and origin_of(url) == origin_of(self.endpoint):
                headers["Authorization"] = f"Bearer {self._token}"
            if not url.startswith(("http://", "https://")):
                raise HublakeError(f"{self.endpoint} redirects to an address that is none of the web")
            response: http.client.HTTPResponse = self._opener.open(
                urllib.request.Request(url, headers=headers),  # noqa: S310  # http(s), see above
                timeout=self._timeout,
            )
            target = response.headers.get("Location")
            if response.status not in REDIRECTS or not target:
                return response
            response.close()
            url = urljoin(url, quote(target, safe="%/:=&?~#+!$,;'@()*[]"))
        raise HublakeError(f"{self.endpoint} redirects in a circle")


class _EveryResponse(urllib.request.HTTPErrorProcessor):
    """Returns redirects and errors as responses."""

    def http_response(self, request: urllib.request.Request, response: http.client.HTTPResponse) -> http.client.HTTPResponse:
        return response

    https_response = http_response


def _read(response: http.client.HTTPResponse, most: int) -> bytes | None:
    """The body; None if it has more than `most` bytes. A body that trickles in for LONGEST_WAIT is an error."""
    body, deadline = bytearray(), time.monotonic() + LONGEST_WAIT
    try:
        while chunk := response.read1(1 << 16):
            body += chunk
            if len(body) > most:
                return None
            if time.monotonic() > deadline:
                raise HublakeError(f"a response of the Hub took more than {LONGEST_WAIT:.0f} s. Try again")
        is_short = bool(response.length)
    except (http.client.HTTPException, OSError) as error:
        raise HublakeError(f"a response of the Hub ended early ({error}). Try again") from None
    if is_short:
        raise HublakeError("a response of the Hub ended early. Try again")
    return bytes(body)


def _seconds_to_wait(response: http.client.HTTPResponse, otherwise: float) -> float:
    """What the response states: Retry-After, or the end of the quota's window."""
    stated = parse_retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
    limit = parse_rate_limit(response.headers.get("ratelimit"), response.headers.get("ratelimit-policy"))
    if stated is None and response.status == 429 and limit is not None:
        stated = limit.reset_seconds
    return min(max(otherwise if stated is None else stated, otherwise), LONGEST_WAIT)
