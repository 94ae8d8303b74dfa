"""Listings as a crawl leaves them in bronze, for tests."""

from datetime import UTC, date, datetime
from typing import Any

from hublake.lake.delta.tables import append
from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.settings import Settings

AT = datetime(2026, 8, 21, tzinfo=UTC)
SHA = "c0ffee0"
WITH_CARD = f'{{"sha": "{SHA}", "siblings": [{{"rfilename": "README.md"}}]}}'


def add_run(
    config: Settings, crawl_id: str, outcome: str, day: int, items: int = 2, spider: str = "models", kind: str | None = None
) -> None:
    moment = datetime(2026, 8, day, tzinfo=UTC)
    run: dict[str, Any] = {"crawl_id": crawl_id, "snapshot_date": moment.date(), "spider": spider, "outcome": outcome, "items": items}
    append(config.location, CRAWL_RUNS, [run | {"kind": kind} | {"shard": "0/1", "started_at": moment, "finished_at": moment}], {})


def add_listing(config: Settings, crawl_id: str, day: int, *bodies: str) -> None:
    shared = {"crawl_id": crawl_id, "snapshot_date": date(2026, 8, day), "repo_type": "model", "page": 0, "fetched_at": AT}
    rows = [{**shared, "position": n, "hub_id": str(n), "repo_id": f"a/{n}", "body": body} for n, body in enumerate(bodies)]
    append(config.location, LISTINGS, rows, {})
