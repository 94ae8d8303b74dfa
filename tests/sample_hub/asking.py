"""Plain HTTP towards a hub, one request at a time, with nothing tried again."""

import gzip
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


class Asking:
    """One kept connection to a hub."""

    def __init__(self, url: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=10)

    def __enter__(self) -> "Asking":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """`path` may be a whole URL; header names are written with underscores."""
        parts = urlsplit(path)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self._connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = self._connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())

    def followed(self, path: str, **headers: str) -> Answer:
        """The answer at the end of the redirects."""
        answer = self.get(path, **headers)
        while answer.status in (302, 307):
            answer = self.get(answer.headers["location"], **headers)
        return answer

    def pages(self, path: str) -> Iterator[list[dict[str, Any]]]:
        """Page by page, as the Link header leads."""
        following: str | None = path
        while following:
            answer = self.get(following)
            assert answer.status == 200, answer
            yield answer.json
            following = next_page(answer)


def ask(url: str, path: str, method: str = "GET", **headers: str) -> Answer:
    with Asking(url) as asking:
        return asking.get(path, method, **headers)


def next_page(answer: Answer) -> str | None:
    link = answer.headers.get("link")
    return link.partition(">")[0].removeprefix("<") if link else None


def rows_of(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path) as lines:
        return [orjson.loads(line) for line in lines]
