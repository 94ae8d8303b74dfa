"""GET /api/users/{name}/overview and /api/organizations/{name}/overview."""

from aiohttp import web

from hublake.sample_hub.answers import packed, refused
from hublake.sample_hub.store import AccountKind, Store


def show_account(request: web.Request, store: Store, kind: AccountKind) -> web.Response:
    """What is public of an account; 404 for a name of nobody and for one of the other kind."""
    overview = store.overview(request.match_info["name"], kind)
    if overview is None:
        raise refused(404, "This user does not exist" if kind == "user" else "This organization does not exist")
    return packed(request, overview, "application/json; charset=utf-8")
