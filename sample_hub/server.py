"""The application: routes, and around each of them the log, the quota and the faults."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from hublake.sample_hub import accounts, faults, files, listing, repos
from hublake.sample_hub.answers import Refused, refused, token_of
from hublake.sample_hub.faults import Faults
from hublake.sample_hub.quota import Allowance, Quotas, Windows, bucket_of
from hublake.sample_hub.requests_seen import RequestsSeen
from hublake.sample_hub.store import Store

_ALLOWANCE = web.RequestKey("allowance", Allowance)
_ID = "{id:[^/]+(?:/[^/]+)?}"
_KIND = "{kind:models|datasets|spaces}"
_LISTINGS = ("/api/models", "/api/datasets", "/api/spaces")
_EXPOSED = (
    "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,"
    "X-Linked-Size,X-Linked-ETag,X-Xet-Hash"
)


@dataclass
class Terms:
    """On what terms a hub is served: who may ask how often, what goes wrong, which tokens are let into gated repos."""

    quotas: Quotas = field(default_factory=Quotas)
    faults: Faults = field(default_factory=Faults)
    granted_tokens: frozenset[str] = frozenset()
    sends_retry_after: bool = False  # with a 429 of a bucket; the Hub may send it or not
    answer_seconds: float = 0.0  # how long every answer takes, as over a long way


def application(store: Store, terms: Terms, seen: RequestsSeen, windows: Windows) -> web.Application:
    """The hub as an application; it keeps no state but the quota, the faults in flight and what it has seen."""
    middlewares = [_counted(windows, terms, seen), _faulty(terms.faults)]
    app = web.Application(middlewares=middlewares)
    app.on_response_prepare.append(_tell_allowance)
    granted = terms.granted_tokens

    def get(path: str, answer: Callable[[web.Request], web.Response]) -> None:
        app.router.add_get(path, _handler(answer))

    get(f"/api/{_KIND}", lambda request: listing.list_repos(request, store))
    get(f"/api/{_KIND}/{_ID}/tree/{{rev:[^/]+}}", lambda request: repos.show_tree(request, store, granted))
    get(f"/api/{_KIND}/{_ID}/tree/{{rev:[^/]+}}/{{path:.*}}", lambda request: repos.show_tree(request, store, granted))
    get(f"/api/{_KIND}/{_ID}/revision/{{rev:[^/]+}}", lambda request: repos.show_repo(request, store, granted))
    get(f"/api/{_KIND}/{_ID}", lambda request: repos.show_repo(request, store, granted))
    get("/api/users/{name}/overview", lambda request: accounts.show_account(request, store, "user"))
    get("/api/organizations/{name}/overview", lambda request: accounts.show_account(request, store, "organisation"))
    get(f"/api/resolve-cache/{_KIND}/{_ID}/{{sha:[^/]+}}/{{path:.+}}", lambda request: files.resolve_cache(request, store, granted))
    for prefix in ("/{kind:datasets|spaces}", ""):  # models, whose files have no prefix, must not be asked first
        get(f"{prefix}/{_ID}/resolve/{{rev:[^/]+}}/{{path:.+}}", lambda request: files.resolve(request, store, granted))
        get(f"{prefix}/{_ID}/raw/{{rev:[^/]+}}/{{path:.+}}", lambda request: files.raw(request, store, granted))
    get("/lfs-store/{hub_id}/{path:.+}", lambda request: files.large_file(request, store))
    return app


def _handler(answer: Callable[[web.Request], web.Response]) -> Handler:
    async def handled(request: web.Request) -> web.StreamResponse:
        try:
            return answer(request)
        except Refused as no:
            return no.answer

    return handled


def _counted(windows: Windows, terms: Terms, seen: RequestsSeen) -> Middleware:
    """Outermost: every request costs, is logged, and is told what is left, however it ends."""

    @web.middleware
    async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
        bucket = bucket_of(request.rel_url.raw_path)
        allowance = windows.take(_client(request), bucket)
        request[_ALLOWANCE] = allowance
        if terms.answer_seconds:
            await asyncio.sleep(terms.answer_seconds)
        if not allowance.is_granted:
            answer: web.StreamResponse = _over_quota(allowance, terms.sends_retry_after)
        else:
            try:
                answer = await handler(request)
            except web.HTTPException as stray:  # a path that is no route here
                answer = refused(stray.status, stray.reason).answer
        seen.note(bucket, request.method, request.path_qs, answer.status)
        return answer

    return counted


def _faulty(plan: Faults) -> Middleware:
    @web.middleware
    async def faulty(request: web.Request, handler: Handler) -> web.StreamResponse:
        kind = plan.next(request.method, request.path_qs, request.path in _LISTINGS) if plan.share else None
        if kind is None:
            return await handler(request)
        instead = faults.refused(kind, request.path_qs)
        if instead is not None:
            return instead
        answer = await handler(request)
        return await faults.spoilt(kind, request, answer, plan.slow_seconds) if isinstance(answer, web.Response) else answer

    return faulty


async def _tell_allowance(request: web.BaseRequest, answer: web.StreamResponse) -> None:
    allowance = request.get(_ALLOWANCE)
    if allowance:
        answer.headers.update(allowance.headers)
    answer.headers["Access-Control-Expose-Headers"] = _EXPOSED


def _over_quota(allowance: Allowance, sends_retry_after: bool) -> web.Response:
    told = {"Retry-After": str(allowance.reset_seconds)} if sends_retry_after else {}
    message = f"Too many requests: {allowance.quota} in {allowance.window_seconds:g} seconds are allowed in the bucket {allowance.bucket}."
    return refused(429, message, headers=told).answer


def _client(request: web.Request) -> str:
    """Who is counted: the token, or the address of an anonymous client; a token that is none counts as anonymous."""
    try:
        token = token_of(request)
    except Refused:
        token = None
    return token or str(request.remote)
