"""The frontier of an account crawl: which accounts to look up, and how to read their overview."""

import json
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from hublake.crawler.hub_api import InvalidResponse, ignore_number
from hublake.crawler.listings.stored import StoredListing, open_listings, rows_filter
from hublake.lake.delta.scan import scan_batches
from hublake.lake.delta.tables import open_table
from hublake.lake.opt_out import OptOut
from hublake.lake.schema.bronze import ACCOUNTS
from hublake.lake.settings import Settings

MERGED_BATCHES = 256  # batches of owners are merged and deduplicated in groups of this many


def model_owners(config: Settings, listing: StoredListing) -> pa.StringArray:
    """Return every owner of a listed model once, in order; canonical models have none. Memory holds their names: 20 MB per million."""
    found = [pa.array([], pa.string())]
    for batch in scan_batches(open_listings(config, "model"), ("repo_id",), rows_filter(listing.crawls, "model")):
        names = batch.column("repo_id").drop_null()
        owned = names.filter(pc.match_substring(names, "/"))
        found.append(pc.list_element(pc.split_pattern(owned, "/", max_splits=1), 0).unique())
        if len(found) > MERGED_BATCHES:
            found = [pa.concat_arrays(found).unique()]
    owners = pa.concat_arrays(found).unique()
    return owners.take(pc.sort_indices(owners))


def stored_accounts(config: Settings, snapshot_date: date) -> pa.StringArray:
    """Return the accounts that bronze stores, and those that the Hub did not know when this same listing was processed."""
    table = open_table(config.location, ACCOUNTS)
    if table is None:
        return pa.array([], pa.string())
    is_settled = (pc.field("status") == 200) | (pc.field("snapshot_date") == snapshot_date)
    batches = scan_batches(table, ("account",), is_settled)
    return pa.concat_arrays([pa.array([], pa.string()), *(batch.column("account") for batch in batches)])


def stored_kinds(config: Settings) -> dict[str, str]:
    """Return the kind of every account found so far, so that looking it up again takes one request."""
    table = open_table(config.location, ACCOUNTS)
    if table is None:
        return {}
    kinds: dict[str, str] = {}
    for batch in scan_batches(table, ("account", "kind"), pc.field("status") == 200):
        kinds.update(zip(batch.column("account").to_pylist(), batch.column("kind").to_pylist(), strict=True))
    return kinds


def account_frontier(owners: pa.StringArray, stored: pa.StringArray, opt_out: OptOut) -> list[str]:
    """Return the owners that are neither stored nor opted out."""
    missing = owners.filter(pc.invert(pc.is_in(owners, stored)))
    return [account for account in missing.to_pylist() if account and account not in opt_out]


def parse_overview(body: bytes) -> tuple[str, list[str]]:
    """Return (the overview's text, the organisations that a user's overview names).

    Raises InvalidResponse unless the body is one complete JSON object.
    """
    try:
        text = body.decode("utf-8")
        overview = json.loads(text, parse_int=ignore_number, parse_float=ignore_number)
    except (ValueError, RecursionError) as problem:
        raise InvalidResponse(f"overview is not JSON: {str(problem)[:120]}, {len(body)} bytes") from None
    if not isinstance(overview, dict):
        raise InvalidResponse("overview is not a JSON object")
    organisations = overview.get("orgs")
    names = [item.get("name") for item in organisations if isinstance(item, dict)] if isinstance(organisations, list) else []
    return text, [name for name in names if isinstance(name, str)]
