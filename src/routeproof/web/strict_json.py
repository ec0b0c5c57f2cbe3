"""Bodies and parameters are read as they are described: JSON of RFC 8259, a number for a number, a day as a day.

Python's reader takes NaN for JSON, and the framework takes `0` for the first day of 1970 and `true` for 1.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator, ValidationError
from starlette.requests import Request

from routeproof.vocab.times import EARLIEST_DAY, LATEST_DAY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.responses import Response

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ].+")


class StrictRoute(APIRoute):
    """A route whose body is read strictly."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The framework's handler, given a request that reads strictly."""
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strict


class StrictRequest(Request):
    """A request that takes no number for JSON that JSON does not have, and keeps what was sent."""

    async def json(self) -> Any:  # noqa: ANN401  # JSON
        """The body.

        Raises:
            JSONDecodeError: if it is no JSON.
        """
        self.state.sent = await self.body()
        self.state.read = json.loads(self.state.sent, parse_constant=_no_number)
        return self.state.read


def _no_number(word: str) -> NoReturn:
    message = f"{word} is no number of JSON"
    raise json.JSONDecodeError(message, word, 0)


def require_as_described(request: Request, given: Mapping[str, Any]) -> None:
    """Refuse a body whose values are of other types than described, which the framework would have turned into them.

    Raises:
        RequestValidationError: naming the member.
    """
    for value in given.values():
        if isinstance(value, BaseModel) and (sent := getattr(request.state, "sent", b"")):
            try:
                type(value).model_validate_json(sent, strict=True)
            except ValidationError as error:
                errors = [{**item, "loc": ("body", *item["loc"])} for item in error.errors(include_url=False)]
                raise RequestValidationError(errors) from error
            _require_days(request.state.read, value, ("body",))


def _require_days(sent: Any, read: Any, where: tuple[str | int, ...]) -> None:  # noqa: ANN401  # JSON
    """Days and instants are written as such, wherever they stand in a body."""
    match read:
        case BaseModel():
            for name in read.model_fields_set & sent.keys():
                _require_days(sent[name], getattr(read, name), (*where, name))
        case dict():
            for name in read.keys() & sent.keys():
                _require_days(sent[name], read[name], (*where, name))
        case list() | tuple():
            for at, (one, item) in enumerate(zip(sent, read, strict=False)):
                _require_days(one, item, (*where, at))
        case date() if not (_INSTANT if isinstance(read, datetime) else _DAY).fullmatch(str(sent)):
            message = "expected a day or an instant as ISO 8601 writes it"
            raise RequestValidationError([{"type": "date_type", "loc": where, "msg": message, "input": sent}])


def _written_day(value: object) -> object:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        message = f"expected a day as 2026-07-01, found {value[:40]!r}"
        raise ValueError(message)
    if isinstance(value, str) and not f"{EARLIEST_DAY}" <= value <= f"{LATEST_DAY}":
        message = f"expected a day from {EARLIEST_DAY} to {LATEST_DAY}, found {value}"
        raise ValueError(message)
    return value


def _day_or_none(value: object) -> object:
    """A form sends an empty text for a day that nobody chose."""
    return None if value == "" else _written_day(value)


def strictly(annotation: Any, *, of_form: bool) -> Any:  # noqa: ANN401  # a type
    """The type of a parameter that takes no other text for a day; a form's may be empty."""
    if annotation is date:
        return Annotated[date, BeforeValidator(_written_day)]
    if annotation == date | None:
        return Annotated[date | None, BeforeValidator(_day_or_none if of_form else _written_day)]
    return annotation
