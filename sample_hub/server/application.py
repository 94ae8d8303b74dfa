"""The aiohttp application: its routes, wrapped in the request log, the quota and the faults."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_hex

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from hublake.sample_hub.server import account_routes, faults, file_routes, listing_routes, repo_routes
from hublake.sample_hub.server.faults import Faults
from hublake.sample_hub.server.parameters import UNKNOWN_CALLER, refuse_anonymous, token_of
from hublake.sample_hub.server.quota import Allowance, Quotas, RateLimiter, bucket_of
from hublake.sample_hub.server.request_log import RequestLog
from hublake.sample_hub.server.responses import Refused
from hublake.sample_hub.store import Store

_ALLOWANCE = web.RequestKey("allowance", Allowance)
_ID = "{id:[^/]+(?:/[^/]+)?}"
_KIND = "{kind:models|datasets|spaces}"
_LISTINGS = ("/api/models", "/api/datasets", "/api/spaces")
_EXPOSED_HEADERS = (
    "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,"
    "X-Linked-Size,X-Linked-ETag,X-Xet-Hash"
)


@dataclass
class ServerOptions:
    """Quotas, injected faults, and tokens: those with access to gated repositories, and the one that every request must have, if any."""

    quotas: Quotas = field(default_factory=Quotas)
    faults: Faults = field(default_factory=Faults)
    granted_tokens: frozenset[str] = frozenset()
    required_token: str | None = None
    sends_retry_after: bool = False  # with a 429 of a bucket; the Hub may send the header or not
    response_seconds: float = 0.0  # latency added to every response, as on a long network path


def create_application(store: Store, options: ServerOptions, log: RequestLog, limiter: RateLimiter) -> web.Application:
    """The hub as an application. Its only state is the quota, the faults in progress and the request log."""
    middlewares = [_account_for_requests(limiter, options, log), _check_token(options.required_token), _inject_faults(options.faults)]
    app = web.Application(middlewares=middlewares)
    app.on_response_prepare.append(_add_rate_limit_headers)
    granted = options.granted_tokens

    def get(path: str, respond: Callable[[web.Request], web.Response]) -> None:
        app.router.add_get(path, _handler(respond))

    get(f"/api/{_KIND}", lambda request: listing_routes.list_repos(request, store))
    get(f"/api/{_KIND}/{_ID}/tree/{{rev:[^/]+}}", lambda request: repo_routes.show_tree(request, store, granted))
    get(f"/api/{_KIND}/{_ID}/tree/{{rev:[^/]+}}/{{path:.*}}", lambda request: repo_routes.show_tree(request, store, granted))
    get(f"/api/{_KIND}/{_ID}/revision/{{rev:[^/]+}}", lambda request: repo_routes.show_repo(request, store, granted))
    get(f"/api/{_KIND}/{_ID}", lambda request: repo_routes.show_repo(request, store, granted))
    get("/api/users/{name}/overview", lambda request: account_routes.show_account(request, store, "user"))
    get("/api/organizations/{name}/overview", lambda request: account_routes.show_account(request, store, "organisation"))
    get(
        f"/api/resolve-cache/{_KIND}/{_ID}/{{sha:[^/]+}}/{{path:.+}}",
        lambda request: file_routes.resolve_cache(request, store, granted),
    )
    for prefix in ("/{kind:datasets|spaces}", ""):  # files of models have no prefix: their pattern matches every path, so it comes last
        get(f"{prefix}/{_ID}/resolve/{{rev:[^/]+}}/{{path:.+}}", lambda request: file_routes.resolve(request, store, granted))
        get(f"{prefix}/{_ID}/raw/{{rev:[^/]+}}/{{path:.+}}", lambda request: file_routes.raw(request, store, granted))
    get("/xet-bridge/{hub_id}/{xet_hash}", lambda request: file_routes.large_file(request, store))
    return app


def _handler(respond: Callable[[web.Request], web.Response]) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return respond(request)
        except Refused as error:
            return error.response(request)

    return handle


def _account_for_requests(limiter: RateLimiter, options: ServerOptions, log: RequestLog) -> Middleware:
    """The outermost layer: every request uses quota, is logged and gets the rate-limit headers, however it ends."""

    @web.middleware
    async def account(request: web.Request, handler: Handler) -> web.StreamResponse:
        bucket = bucket_of(request.rel_url.raw_path)
        allowance = limiter.take(_client(request), bucket)
        request[_ALLOWANCE] = allowance
        if options.response_seconds:
            await asyncio.sleep(options.response_seconds)
        if not allowance.is_granted:
            response: web.StreamResponse = _over_quota(request, allowance, options.sends_retry_after)
        else:
            try:
                response = await handler(request)
            except web.HTTPException as error:  # no route matches the path
                response = Refused(error.status, error.reason).response(request)
        log.add(bucket, request.method, request.path_qs, response.status)
        return response

    return account


def _check_token(required: str | None) -> Middleware:
    """A malformed token is refused everywhere, even where none is needed."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            token = token_of(request)
        except Refused as error:
            return error.response(request)
        if required is None or token == required:
            return await handler(request)
        return (Refused(401, UNKNOWN_CALLER) if token else refuse_anonymous()).response(request)

    return check


def _inject_faults(plan: Faults) -> Middleware:
    @web.middleware
    async def inject(request: web.Request, handler: Handler) -> web.StreamResponse:
        kind = plan.next(request.method, request.path_qs, request.path in _LISTINGS) if plan.share else None
        if kind is None:
            return await handler(request)
        replacement = faults.error_response(kind, request.path_qs)
        if replacement is not None:
            return replacement
        response = await handler(request)
        return await faults.corrupt(kind, request, response, plan.slow_seconds) if isinstance(response, web.Response) else response

    return inject


async def _add_rate_limit_headers(request: web.BaseRequest, response: web.StreamResponse) -> None:
    allowance = request.get(_ALLOWANCE)
    if allowance and "ratelimit" not in response.headers:  # a cached response keeps the headers that were cached
        response.headers.update(allowance.headers)
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED_HEADERS
    response.headers["X-Request-Id"] = f"Root=1-{token_hex(4)}-{token_hex(12)}"
    if "Authorization" not in request.headers:
        response.headers["X-HF-Warning"] = "unauthenticated; This request has no token. Set HF_TOKEN for higher rate limits."


def _over_quota(request: web.Request, allowance: Allowance, sends_retry_after: bool) -> web.Response:
    """JSON for a client with a token. Others get a page, on the API as well."""
    headers = {"Retry-After": str(allowance.reset_seconds)} if sends_retry_after else {}
    if "Authorization" in request.headers:
        quota = f"{allowance.quota} {allowance.bucket} requests per {allowance.window_seconds:g} seconds"
        return Refused(429, f"We had to rate limit you: you hit the quota of {quota}.", headers=headers).response(request)
    page = f"<!doctype html><html><body><h1>429</h1><p>We had to rate limit your IP ({request.remote}).</p></body></html>"
    return web.Response(status=429, text=page, content_type="text/html", headers=headers)


def _client(request: web.Request) -> str:
    """The client whose quota is used: its token, or its address without a token. An invalid token counts as anonymous."""
    try:
        token = token_of(request)
    except Refused:
        token = None
    return token or str(request.remote)
