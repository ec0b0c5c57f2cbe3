"""Ranges of plain numbers in policy: a value outside means nothing, and is refused where it is read."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

YEAR_HOURS, TEN_YEARS_MONTHS, YEAR_DAYS = 8_784, 120, 366
"""The longest that a wait or a period of the firm's own may be: beyond, a typing error is likelier than a decision."""
CERTAIN = 1


def whole(least: int, most: int | None = None) -> Callable[[Any], int]:
    """A reader of whole numbers from `least` on, up to `most` where there is one. It raises ValueError."""

    def read(value: Any) -> int:  # noqa: ANN401  # TOML
        fits = isinstance(value, int) and not isinstance(value, bool)
        if not fits or value < least or (most is not None and value > most):
            wanted = f"from {least} to {most}" if most is not None else f"from {least} on"
            message = f"expected a whole number {wanted}, found {value!r}"
            raise ValueError(message)
        return int(value)

    return read


def share(value: Any) -> Decimal:  # noqa: ANN401  # TOML
    """An exact share above 0 and up to 1.

    Raises:
        ValueError: if it is none.
    """
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if not (found.is_finite() and 0 < found <= CERTAIN):
        message = f"expected a share above 0 and up to 1, found {value!r}"
        raise ValueError(message)
    return found


def with_shares(value: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """The value, whose members of these names are shares where they stand. Raises ValueError as `share`."""
    for name in names:
        if name in value:
            share(value[name])
    return value


def require_none_negative(node: Any, where: str = "") -> None:  # noqa: ANN401  # TOML
    """No number of policy is below 0: counts, times, shares, prices and margins have none.

    Raises:
        UsageError: naming the key.
    """
    match node:
        case dict():
            for name, item in node.items():
                below = where if name == "value" else f"{where}.{name}" if where else str(name)
                require_none_negative(item, below)
        case list():
            for item in node:
                require_none_negative(item, where)
        case int() | float() if node < 0:
            message = f"expected a number of at least 0, found {node!r}"
            raise UsageError(message, where=where)
