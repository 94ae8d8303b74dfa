"""GET /api/users/{name}/overview and /api/organizations/{name}/overview."""

from aiohttp import web

from hublake.sample_hub.server.responses import compressed, refused
from hublake.sample_hub.store import AccountKind, Store


def show_account(request: web.Request, store: Store, kind: AccountKind) -> web.Response:
    """The public overview of an account; 404 for an unknown name and for an account of the other kind."""
    overview = store.overview(request.match_info["name"], kind)
    if overview is None:
        raise refused(404, "This user does not exist" if kind == "user" else "This organization does not exist")
    return compressed(request, overview, "application/json; charset=utf-8")
