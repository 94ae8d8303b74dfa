"""GET /api/models, /api/datasets and /api/spaces: filters, orders, fields and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from hublake.sample_hub.keyset import SORT_COLUMNS, After, BadCursor, Order, decode_cursor, encode_cursor
from hublake.sample_hub.server import fields
from hublake.sample_hub.server.parameters import expand_names, is_set, page_limit, repo_type_of
from hublake.sample_hub.server.responses import as_json, invalid
from hublake.sample_hub.store import RepoType, Store
from hublake.sample_hub.store_schema import Filter, linked_filter, tag_filter


@dataclass(frozen=True)
class _Query:
    order: Order
    after: After | None
    filters: Sequence[Filter]
    limit: int
    names: Sequence[str]
    is_expanded: bool


def list_repos(request: web.Request, store: Store) -> web.Response:
    """One page. The Link header contains the URL of the next page on this host."""
    repo_type = repo_type_of(request)
    query = _query(request, repo_type)
    rows = store.page(query.order, query.after, query.filters, query.limit + 1, repo_type)
    shown = rows[: query.limit]
    project = fields.expanded if query.is_expanded else fields.select_fields
    items = [project(orjson.loads(row[2]), query.names) for row in shown]
    link = {}
    if len(rows) > query.limit:
        cursor = encode_cursor(query.order, After(shown[-1][0], shown[-1][1]))
        link = {"Link": f'<{_next_url(request, cursor)}>; rel="next"'}
    return as_json(request, items, link)


def _query(request: web.Request, repo_type: RepoType) -> _Query:
    order, type_fields = _order(request), fields.OF_TYPE[repo_type]
    expand = expand_names(request, type_fields.listable)
    switches = [name for name in ("full", "cardData", "config") if is_set(request, name)]
    if expand and switches:
        raise invalid(f"expand cannot be combined with {', '.join(switches)}")
    names: Sequence[str] = expand or (
        *type_fields.default,
        *(type_fields.full if "full" in switches else ()),
        *(name for name in switches if name != "full"),
        *(("models", "datasets") if repo_type == "space" and is_set(request, "linked") else ()),
    )
    return _Query(order, _after(request, order), _filters(request), page_limit(request), names, bool(expand))


def _order(request: web.Request) -> Order:
    sort = request.query.get("sort", "trendingScore")
    if sort not in SORT_COLUMNS:
        raise invalid(f'Invalid sort parameter: "{sort}". Expected one of: {", ".join(SORT_COLUMNS)}')
    return Order(sort, is_descending=request.query.get("direction", "-1") == "-1")


def _after(request: web.Request, order: Order) -> After | None:
    cursor = request.query.get("cursor")
    if cursor is None:
        return None
    try:
        return decode_cursor(order, cursor)
    except BadCursor as bad:
        raise invalid(str(bad)) from bad


def _filters(request: web.Request) -> list[Filter]:
    """Conditions that must all be met. Unknown parameters are ignored, as on the Hub."""
    filters = [tag_filter(tag) for value in request.query.getall("filter", []) for tag in value.split(",")]
    if "author" in request.query:
        filters.append(("author = ?", (request.query["author"],)))
    if "search" in request.query:
        filters.append(("instr(lower_id, ?) > 0", (request.query["search"].lower(),)))
    if "pipeline_tag" in request.query:
        filters.append(("json_extract(CAST(item AS TEXT), '$.pipeline_tag') = ?", (request.query["pipeline_tag"],)))
    for linked in ("models", "datasets") if repo_type_of(request) == "space" else ():
        filters += [linked_filter(linked, repo_id) for repo_id in request.query.getall(linked, [])]
    if "gated" in request.query:
        filters.append(("(gated <> '') = ?", (is_set(request, "gated"),)))
    return filters


def _next_url(request: web.Request, cursor: str) -> str:
    pairs: list[tuple[str, Any]] = [(name, value) for name, value in request.query.items() if name != "cursor"]
    if "sort" not in request.query:
        pairs.append(("sort", "trendingScore"))
    return str(request.url.with_query([*pairs, ("cursor", cursor)]))
