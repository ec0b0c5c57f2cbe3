"""Routes as values: each says what it needs, and no handler runs for somebody who may not.

A page, an action or a call is a function of a `Visit` and of its own parameters; the decorators here register it, and
`application.py` hands all of them to FastAPI. The list is also what `routeproof access` prints.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_type_hints

from routeproof.app.access.matrix import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.app.context import Context

    Example = Callable[[Context], str | None]

Kind = Literal["page", "api", "action"]
Scope = Literal["all", "own", "other"]
F = TypeVar("F", bound="Callable[..., Any]")
API = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way in.

    Attributes:
        method: of HTTP.
        path: with parameters in braces.
        kind: a page is looked at, an action is a form that was sent, an API call speaks JSON.
        needs: `view.AREA`, `noun.verb`, `anybody` (with a session) or `public`.
        scope: whose objects it reaches: all, only one's own, or only other people's (four eyes).
        handler: takes a visit and its own parameters.
        template: of a page.
        example: an address that exists in the workspace; null where the path has no parameter.
        signs: the person gives their password once more.
    """

    method: str
    path: str
    kind: Kind
    needs: str
    handler: Callable[..., Any]
    scope: Scope = "all"
    template: str = ""
    example: Example | None = None
    signs: bool = False

    @property
    def name(self) -> str:
        """Of the operation, in the API's description."""
        return f"{self.method.lower()} {self.path}"

    @property
    def is_public(self) -> bool:
        """Whether it is for whoever comes."""
        return self.needs == PUBLIC

    @property
    def records(self) -> bool:
        """Whether it enters the record under the person's signature: every step, and nothing that is only looked at."""
        return self.method not in {"GET", "HEAD"} and "." in self.needs and not self.needs.startswith("view.")

    def parameters(self) -> list[inspect.Parameter]:
        """The handler's own parameters, with their types and not with the names of types."""
        own = list(inspect.signature(self.handler).parameters.values())[1:]
        # Only these are evaluated: a visit and the answer may be named for the type checker alone.
        names = {item.name: item.annotation for item in own}
        hints = get_type_hints(_Typed(names, self.handler.__globals__), include_extras=True)
        return [item.replace(annotation=hints.get(item.name, item.annotation)) for item in own]


class _Typed:
    """Some names with their types, in the module that wrote them."""

    def __init__(self, names: dict[str, Any], where: dict[str, Any]) -> None:
        self.__annotations__ = names
        self.__globals__ = where


class Routes:
    """Routes of one file of pages or of calls, in the order in which they are written."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def page(self, path: str, *, needs: str, template: str = "", example: Example | None = None) -> Callable[[F], F]:
        """A page that is looked at; its handler gives the values of its template, or a file."""
        return self._add(
            Route(method="GET", path=path, kind="page", needs=needs, handler=_none, template=template, example=example)
        )

    def action(
        self, path: str, *, needs: str, scope: Scope = "all", example: Example | None = None, signs: bool = False
    ) -> Callable[[F], F]:
        """What a form asks for; its handler does it and says where to look next."""
        return self._add(
            Route(
                method="POST",
                path=path,
                kind="action",
                needs=needs,
                handler=_none,
                scope=scope,
                example=example,
                signs=signs,
            )
        )

    def api(
        self,
        method: str,
        path: str,
        *,
        needs: str,
        scope: Scope = "all",
        example: Example | None = None,
        signs: bool = False,
    ) -> Callable[[F], F]:
        """A call below `/api/v1`; its handler gives what JSON can say."""
        return self._add(
            Route(
                method=method,
                path=API + path,
                kind="api",
                needs=needs,
                handler=_none,
                scope=scope,
                example=example,
                signs=signs,
            )
        )

    def add(self, route: Route) -> None:
        """One more, made elsewhere."""
        self.all.append(route)

    def _add(self, route: Route) -> Callable[[F], F]:
        def registered(handler: F) -> F:
            self.all.append(replace(route, handler=handler))
            return handler

        return registered


def _none(_: Any) -> None:  # noqa: ANN401  # stands until the decorated function is known
    """Replaced when a decorator meets its function."""
