"""Bronze of a synthetic hub in the form that crawls leave, written without HTTP: for hubs whose crawl would take hours.

Models stream from the generator into batches of the crawler's size, through the crawler's own writer. Untouched templates and the
stubs of training tools are in it with the Hub's shares: 7.5 % of all models share one text.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from hublake.crawler.cards.response import detect_encoding
from hublake.lake.delta.tables import Batch, Row, append, open_table
from hublake.lake.expands import DATASET_EXPANDS, MODEL_EXPANDS
from hublake.lake.hub_requests import CARD_FILE
from hublake.lake.paths import Location
from hublake.lake.schema import Table
from hublake.lake.schema.bronze import ACCOUNTS, CARDS, CRAWL_RUNS, LISTINGS
from hublake.lake.settings import CrawlSettings
from hublake.sample_hub.server import fields
from hublake.sample_hub.store import Repo, RepoType
from hublake.sample_hub.synthetic import datasets
from hublake.sample_hub.synthetic.accounts import synthetic_accounts
from hublake.sample_hub.synthetic.draft import repo_of
from hublake.sample_hub.synthetic.generate import END, stream_models
from hublake.sample_hub.synthetic.ground_truth import card_status

CRAWLED_AT = datetime.fromtimestamp(END, UTC) + timedelta(hours=3)
PAGE = 1000
DATASETS_PER_MODEL = 0.1  # 300,000 for 3.1 million models
RUN = "benchmark"
EXPANDS: Mapping[RepoType, Sequence[str]] = {"model": MODEL_EXPANDS, "dataset": DATASET_EXPANDS}


class SpiderRows:
    """The rows of one crawl of one spider, in batches. A batch that an interrupted run has stored is not stored again."""

    def __init__(self, location: Location, spider: str, table: Table, at: datetime = CRAWLED_AT, kind: str | None = None) -> None:
        self.crawl = {"crawl_id": f"{at:%Y%m%dT%H%M%SZ}-{spider[:6]}", "snapshot_date": at.date()}
        self.at, self._kind = at, kind
        self._location, self._spider, self._table = location, spider, table
        self._writer = f"{self.crawl['crawl_id']}/{spider}/0/1"
        found = open_table(location, table)
        self._stored = 0 if found is None else found.transaction_version(self._writer) or 0
        self._batch = self._bytes = self.count = 0
        self._rows: list[Row] = []

    def add(self, row: Row, body_bytes: int) -> None:
        """Buffer a row, and write a full batch."""
        self._rows.append(row)
        self._bytes += body_bytes
        self.count += 1
        if len(self._rows) >= CrawlSettings.batch_rows or self._bytes >= CrawlSettings.batch_bytes:
            self._flush()

    def finish(self) -> None:
        """Write what is left, and the row of the run."""
        if self._rows:
            self._flush()
        counts = {"requests": self.count, "items": self.count, "crawl_items": self.count, "refused": 0, "retries": 0, "failures": 0}
        times = {"started_at": self.at, "finished_at": self.at + timedelta(hours=1)}
        run = {**self.crawl, "spider": self._spider, "shard": "0/1", **times, "outcome": "finished", "kind": self._kind, **counts}
        append(self._location, CRAWL_RUNS, [run], {}, Batch(self._writer, 1, RUN))

    def _flush(self) -> None:
        self._batch += 1
        if self._batch > self._stored:
            append(self._location, self._table, self._rows, {}, Batch(self._writer, self._batch, RUN))
        self._rows, self._bytes = [], 0


def write_bronze(location: Location, models: int, seed: int) -> dict[str, int]:
    """Write listings, cards and accounts of a hub of that many models; returns the number of rows by spider. Resumes where it stopped."""
    authors: dict[str, Counter[RepoType]] = {}
    listed, cards = SpiderRows(location, "models", LISTINGS), SpiderRows(location, "cards", CARDS)
    for draft in stream_models(models, seed):
        repo = repo_of(draft, END)
        add_item(listed, repo)
        if any(sibling["rfilename"] == CARD_FILE for sibling in repo.item.get("siblings", ())):
            row = card_row(repo, card_status(draft), CRAWLED_AT)
            cards.add({**cards.crawl, **row}, len(row["body"] or b""))
        _count_author(authors, repo)
    listed_datasets = SpiderRows(location, "datasets", LISTINGS)
    for dataset in datasets.dataset_drafts(models, seed, END, DATASETS_PER_MODEL):
        repo = datasets.repo_of(dataset, END)
        add_item(listed_datasets, repo)
        _count_author(authors, repo)
    accounts = SpiderRows(location, "accounts", ACCOUNTS)
    for row in _accounts(authors, seed):
        accounts.add({**accounts.crawl, **row}, len(row["body"] or ""))
    written = {"models": listed, "cards": cards, "datasets": listed_datasets, "accounts": accounts}
    for rows in written.values():
        rows.finish()
    return {spider: rows.count for spider, rows in written.items()}


def add_item(rows: SpiderRows, repo: Repo) -> None:
    """The listed item, with those fields that the crawler requests and the listing offers."""
    listable = fields.OF_TYPE[repo.repo_type].listable
    body = orjson.dumps(fields.expanded(repo.item, (name for name in EXPANDS[repo.repo_type] if name in listable))).decode()
    page, position = divmod(rows.count, PAGE)
    place = {"page": page, "position": position, "fetched_at": rows.at + timedelta(seconds=page)}
    rows.add({**rows.crawl, "repo_type": repo.repo_type, "hub_id": repo.hub_id, "repo_id": repo.repo_id, **place, "body": body}, len(body))


def card_row(repo: Repo, status: int, at: datetime) -> dict[str, Any]:
    """The row of a card that was fetched in a crawl at that time; without its bytes unless the status is 200."""
    file = next((file for file in repo.files if file.path == CARD_FILE), None)
    row: dict[str, Any] = {"repo_type": repo.repo_type, "hub_id": repo.hub_id, "repo_id": repo.repo_id, "sha": repo.sha, "status": status}
    row |= {"fetched_at": at + timedelta(hours=1), "is_truncated": False, "body": None}
    if status != 200 or file is None:
        return row
    body = file.body[: CrawlSettings.max_card_bytes]
    is_complete = len(body) == len(file.body)
    encoding = detect_encoding(body, is_complete=is_complete)
    return {**row, "etag": file.etag, "card_bytes": len(file.body), "encoding": encoding, "is_truncated": not is_complete, "body": body}


def _count_author(authors: dict[str, Counter[RepoType]], repo: Repo) -> None:
    author = repo.item.get("author")
    if author:
        authors.setdefault(author, Counter({"model": 0, "dataset": 0, "space": 0}))[repo.repo_type] += 1


def _accounts(authors: Mapping[str, Counter[RepoType]], seed: int) -> Iterator[dict[str, Any]]:
    """The owners of models, by name: a crawl of accounts requests no others."""
    owners = ((name, counts) for name, counts in sorted(authors.items()) if counts["model"])
    for account in synthetic_accounts(owners, seed):
        is_known = account.overview is not None
        yield {
            "account": account.name,
            "kind": account.kind if is_known else None,
            "status": 200 if is_known else 404,
            "fetched_at": CRAWLED_AT + timedelta(hours=2),
            "body": orjson.dumps(account.overview).decode() if is_known else None,
        }
