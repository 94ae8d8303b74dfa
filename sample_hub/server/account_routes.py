"""GET /api/users/{name}/overview and /api/organizations/{name}/overview."""

from urllib.parse import quote

import orjson
from aiohttp import web

from hublake.sample_hub.server.responses import Refused, as_json, redirect
from hublake.sample_hub.store import AccountKind, Store

_UNKNOWN: dict[AccountKind, str] = {
    "user": "This user does not exist",
    "organisation": "Sorry, we can't find the page you are looking for.",
}


def show_account(request: web.Request, store: Store, kind: AccountKind) -> web.Response:
    """The public overview of an account; 404 for an unknown name and for an account of the other kind.

    The name of a user in another letter case redirects to the user; that of an organisation is accepted.
    """
    stored = store.overview(request.match_info["name"], kind)
    if stored is None:
        raise Refused(404, _UNKNOWN[kind])
    overview = orjson.loads(stored)
    if kind == "user" and overview["user"] != request.match_info["name"]:
        return redirect(f"/api/users/{quote(overview['user'])}/overview")
    return as_json(request, overview)
