"""The application: every route behind one entrance, one shape of errors, one shield around it."""

from __future__ import annotations

import inspect
import os
from contextlib import nullcontext
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from routeproof import __version__
from routeproof.app.turns import TURNS
from routeproof.vocab.errors import RouteproofError
from routeproof.web.all_routes import ALL
from routeproof.web.answers import answer
from routeproof.web.described import PUBLIC, describe, errors_of
from routeproof.web.entrance import entered
from routeproof.web.error_answers import any_error, http_error, malformed, our_error
from routeproof.web.log import take_over_logging
from routeproof.web.routing import API
from routeproof.web.settings import Settings
from routeproof.web.shield import Shield
from routeproof.web.strict_json import StrictRoute, require_as_described, strictly
from routeproof.web.uploading import sent_form
from routeproof.web.warm import warm_up_beside

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from routeproof.web.routing import Route

SETTINGS = "ROUTEPROOF_SERVE"
"""Environment variable by which a worker is told what the server was told."""


def make_app(settings: Settings) -> FastAPI:
    """The application over a workspace."""
    app = FastAPI(
        title="routeproof",
        version=__version__,
        summary="Best execution supervision of a third-party order router.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.settings = settings
    app.router.routes.extend(_ways_in())
    static = resources.files("routeproof.web").joinpath("static")
    app.mount("/static", StaticFiles(directory=str(static)), name="static")
    app.add_exception_handler(RouteproofError, our_error)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, malformed)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, http_error)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, any_error)
    app.add_middleware(Shield, settings=settings)
    describe(app)
    return app


def from_environment() -> FastAPI:
    """The application of a worker process."""
    settings = Settings.of_text(os.environ[SETTINGS])
    take_over_logging(settings.log_level)
    warm_up_beside(settings)
    return make_app(settings)


@cache
def _ways_in() -> tuple[BaseRoute, ...]:
    """The routes, made once for all applications of a process: what they know of one comes with each request."""
    router = APIRouter(route_class=StrictRoute)
    for route in ALL:
        _register(router, route)
    return tuple(router.routes)


def _register(router: APIRouter, route: Route) -> None:
    router.add_api_route(
        route.path,
        _form_endpoint(route) if route.kind == "action" else _endpoint(route),
        methods=[route.method],
        include_in_schema=route.path.startswith(API) or route.path in PUBLIC,
        operation_id=route.name.replace(" /", "_")
        .replace("/", "_")
        .replace("{", "")
        .replace("}", "")
        .replace(".", "_"),
        summary=(inspect.getdoc(route.handler) or "").split("\n", 1)[0],
        tags=[route.path.split("/")[3]] if route.path.startswith(API) else None,
        response_model=None,
        responses=errors_of(route),
    )


def _endpoint(route: Route) -> Callable[..., Response]:
    """A page or a call: runs in a thread of its own, with a workspace of its own."""

    def asked(request: Request, **given: Any) -> Response:  # noqa: ANN401  # the handler's own parameters
        require_as_described(request, given)
        return _done(route, request, given)

    asked.__signature__ = _signature(route)  # type: ignore[attr-defined]
    asked.way_in = route  # type: ignore[attr-defined]
    return asked


def _form_endpoint(route: Route) -> Callable[..., Awaitable[Response]]:
    """An action: its form is read first, then it runs in a thread as a page does."""

    async def sent(request: Request, **given: Any) -> Response:  # noqa: ANN401
        scratch = request.app.state.settings.workspace / "scratch"
        async with sent_form(request, scratch) as (fields, files):
            return await run_in_threadpool(partial(_done, route, request, given, fields, files))

    sent.__signature__ = _signature(route)  # type: ignore[attr-defined]
    return sent


def _signature(route: Route) -> inspect.Signature:
    request = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
    own = []
    for item in route.parameters():
        annotation = strictly(item.annotation, of_form=route.kind == "page")
        own.append(item.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=annotation))
    return inspect.Signature([request, *own])


def _done(
    route: Route,
    request: Request,
    given: Mapping[str, Any],
    fields: Mapping[str, str] | None = None,
    files: Mapping[str, Path] | None = None,
) -> Response:
    # Whoever asks whether the server is well is told at once.
    with nullcontext() if route.is_public else TURNS.taken(), entered(request, route, fields, files) as visit:
        return answer(route, visit, route.handler(visit, **given))
