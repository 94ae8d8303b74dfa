"""Which accounts to look up, and what an answer to that is."""

import json
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from hublake.crawler.frontier import Listing, remedy, rows_of
from hublake.crawler.hub_api import HubFault, unread
from hublake.lake.delta.scan import scan_batches
from hublake.lake.delta.tables import open_table, require_table
from hublake.lake.opt_out import OptOut
from hublake.lake.schema.bronze import ACCOUNTS, LISTINGS
from hublake.lake.settings import Settings

GATHERED = 256  # batches whose owners are brought together at a time


def owners(config: Settings, listing: Listing) -> pa.StringArray:
    """Every owner of a listed model once, in order; canonical models have none. In memory stand their names, 20 MB for a million."""
    found = [pa.array([], pa.string())]
    for batch in scan_batches(require_table(config.location, LISTINGS, remedy("model")), ("repo_id",), rows_of(listing.crawls, "model")):
        names = batch.column("repo_id").drop_null()
        owned = names.filter(pc.match_substring(names, "/"))
        found.append(pc.list_element(pc.split_pattern(owned, "/", max_splits=1), 0).unique())
        if len(found) > GATHERED:
            found = [pa.concat_arrays(found).unique()]
    every = pa.concat_arrays(found).unique()
    return every.take(pc.sort_indices(every))


def known_accounts(config: Settings, snapshot_date: date) -> pa.StringArray:
    """Those that bronze holds, and those that the Hub did not know when this very listing was worked off."""
    table = open_table(config.location, ACCOUNTS)
    if table is None:
        return pa.array([], pa.string())
    is_known = (pc.field("status") == 200) | (pc.field("snapshot_date") == snapshot_date)
    return pa.concat_arrays(
        [pa.array([], pa.string()), *(batch.column("account") for batch in scan_batches(table, ("account",), is_known))]
    )


def known_kinds(config: Settings) -> dict[str, str]:
    """The kind of each account that was ever found, so that asking again takes one request."""
    table = open_table(config.location, ACCOUNTS)
    if table is None:
        return {}
    kinds: dict[str, str] = {}
    for batch in scan_batches(table, ("account", "kind"), pc.field("status") == 200):
        kinds.update(zip(batch.column("account").to_pylist(), batch.column("kind").to_pylist(), strict=True))
    return kinds


def wanted(owned: pa.StringArray, known: pa.StringArray, opted_out: OptOut) -> list[str]:
    """The owners to look up."""
    unknown = owned.filter(pc.invert(pc.is_in(owned, known)))
    return [account for account in unknown.to_pylist() if account and account not in opted_out]


def overview_of(body: bytes) -> tuple[str, list[str]]:
    """(the overview's text, the organisations that a user's overview names); HubFault unless it is one whole JSON object."""
    try:
        text = body.decode("utf-8")
        told = json.loads(text, parse_int=unread, parse_float=unread)
    except (ValueError, RecursionError) as problem:
        raise HubFault(f"overview is not JSON: {str(problem)[:120]}, {len(body)} bytes") from None
    if not isinstance(told, dict):
        raise HubFault("overview is not a JSON object")
    orgs = told.get("orgs")
    named = [org.get("name") for org in orgs if isinstance(org, dict)] if isinstance(orgs, list) else []
    return text, [name for name in named if isinstance(name, str)]
