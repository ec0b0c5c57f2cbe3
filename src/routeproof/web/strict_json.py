"""Bodies of calls are JSON as RFC 8259 has it: NaN and infinities, which Python's reader takes, are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from fastapi.routing import APIRoute
from starlette.requests import Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response


class StrictRoute(APIRoute):
    """A route whose body is read strictly."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The framework's handler, given a request that reads strictly."""
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strict


class StrictRequest(Request):
    """A request that takes no number for JSON that JSON does not have."""

    async def json(self) -> Any:  # noqa: ANN401  # JSON
        """The body.

        Raises:
            JSONDecodeError: if it is no JSON.
        """
        return json.loads(await self.body(), parse_constant=_no_number)


def _no_number(word: str) -> NoReturn:
    message = f"{word} is no number of JSON"
    raise json.JSONDecodeError(message, word, 0)
