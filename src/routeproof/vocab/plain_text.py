"""Values of which only their kind is known, as people read them."""

from __future__ import annotations

from math import floor, log10
from typing import Any

DASH, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
SIGNIFICANT, THOUSANDS, SMALLEST_PLAIN = 4, 10_000, 1e-6


def plainly(value: Any) -> str:  # noqa: ANN401  # JSON
    """Numbers with four significant digits, lists between commas, a dash for what is not there."""
    if value is None or value == "":
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _significant(value).replace("-", MINUS)
    if isinstance(value, int):
        return f"{value:,}".replace("-", MINUS)
    if isinstance(value, list | tuple):
        return ", ".join(plainly(one) for one in value) or DASH
    return str(value)


def _significant(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) >= THOUSANDS:
        return f"{value:,.0f}"
    if abs(value) < SMALLEST_PLAIN:
        return f"{value:.2e}"
    return f"{value:,.{max(0, SIGNIFICANT - 1 - floor(log10(abs(value))))}f}"
