"""A plain HTTP client for a practice hub: one request at a time, without retries."""

import gzip
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson


class Response(NamedTuple):
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


class HttpClient:
    """One persistent connection to a hub."""

    def __init__(self, url: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=10)

    def __enter__(self) -> "HttpClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str, method: str = "GET", **headers: str) -> Response:
        """`path` may be an absolute URL. Header names are written with underscores."""
        parts = urlsplit(path)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self._connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = self._connection.getresponse()
        return Response(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())

    def get_following_redirects(self, path: str, **headers: str) -> Response:
        """The response at the end of the redirects."""
        response = self.get(path, **headers)
        while response.status in (302, 307):
            response = self.get(response.headers["location"], **headers)
        return response

    def pages(self, path: str) -> Iterator[list[dict[str, Any]]]:
        """The pages of a listing, by their Link headers."""
        following: str | None = path
        while following:
            response = self.get(following)
            assert response.status == 200, response
            yield response.json
            following = next_page(response)


def get_once(url: str, path: str, method: str = "GET", **headers: str) -> Response:
    """A request on a connection of its own."""
    with HttpClient(url) as client:
        return client.get(path, method, **headers)


def next_page(response: Response) -> str | None:
    link = response.headers.get("link")
    return link.partition(">")[0].removeprefix("<") if link else None


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a gzip-compressed JSON Lines file."""
    with gzip.open(path) as lines:
        return [orjson.loads(line) for line in lines]
