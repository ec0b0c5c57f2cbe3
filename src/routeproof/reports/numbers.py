"""How numbers are printed: one place, so that the same quantity looks the same in every table and sentence."""

from typing import Final, Literal

Kind = Literal["usd_per_share", "share", "ms", "count", "bps", "usd", "index", "ratio", "rate"]

UNITS: Final[dict[str, str]] = {
    "usd_per_share": "USD per share",
    "share": "share of 1",
    "ms": "ms",
    "count": "count",
    "bps": "bps",
    "usd": "USD",
    "index": "index 0-1",
    "ratio": "ratio",
    "rate": "share of 1",
}
MINUS: Final = "\N{MINUS SIGN}"
SMALLEST_SHARE: Final = 0.0005
MILLISECONDS_WITH_DECIMALS: Final = 10.0


def _signed(text: str) -> str:
    """A true minus sign; a number that rounds to zero has none."""
    if not text.startswith("-"):
        return text
    return MINUS + text[1:] if text.strip("-0.,%") else text[1:]


def _percent(value: float) -> str:
    """A percentage that never rounds to nothing or to all when it is neither."""
    if 0 < value < SMALLEST_SHARE:
        return "<0.05%"
    if 1 - SMALLEST_SHARE < value < 1:
        return ">99.95%"
    return _signed(f"{value * 100:.1f}%")


def printed(value: float, kind: Kind) -> str:
    """The value as printed, with its unit sign where that reads better than a header would.

    A dollar amount a share has four decimals (a hundredth of a cent), because that is where routers differ.
    """
    if kind == "usd_per_share":
        return _signed(f"{value:.4f}")
    if kind in ("share", "rate"):
        return _percent(value)
    if kind == "ms":
        return _signed(f"{value:,.{_decimals_of_ms(value)}f}")
    if kind == "count":
        return _signed(f"{value:,.0f}")
    if kind == "usd":
        return _signed(f"{value:,.0f}")
    return _signed(f"{value:.3f}" if kind in ("index", "ratio") else f"{value:.2f}")


def _decimals_of_ms(value: float) -> int:
    """Three below a millisecond, none where one more tells nothing."""
    if 0 < abs(value) < 1:
        return 3
    return 1 if abs(value) < MILLISECONDS_WITH_DECIMALS else 0


def _in_dollars(text: str) -> str:
    """A printed dollar amount with its sign before the dollar's."""
    return f"{MINUS}${text[1:]}" if text.startswith(MINUS) else f"${text}"


def with_unit(value: float, kind: Kind) -> str:
    """The value as it stands alone in a cell: `$0.0015`, `150 ms`, `55.0%`."""
    text = printed(value, kind)
    if kind in ("usd_per_share", "usd"):
        return _in_dollars(text)
    return f"{text}\N{NO-BREAK SPACE}ms" if kind == "ms" else text


def spoken(value: float, kind: Kind) -> str:
    """The value inside a sentence, with its unit."""
    if kind == "usd_per_share":
        return f"{with_unit(value, kind)} a share"
    if kind in ("share", "rate"):
        return _signed(f"{value * 100:.1f}%").replace(".0%", "%")
    if kind == "ms":
        return f"{printed(value, kind)} ms"
    return with_unit(value, kind) if kind == "usd" else printed(value, kind)


def interval(lower: float | None, upper: float | None, kind: Kind) -> str:
    """`[low, high]`, or nothing when there is no interval; ends that would print alike get a further decimal."""
    if lower is None or upper is None:
        return ""
    low, high = printed(lower, kind), printed(upper, kind)
    if low == high and lower != upper and kind == "usd_per_share":
        low, high = fine(lower), fine(upper)
    return f"[{low},\N{NO-BREAK SPACE}{high}]"


def fine(usd_per_share: float) -> str:
    """A dollar amount a share with five decimals, for widths that are smaller than the numbers they belong to."""
    return _signed(f"{usd_per_share:.5f}")


def smallest(value: float, kind: Kind) -> str:
    """A detectable difference with its unit: never printed as nothing."""
    text = with_unit(value, kind)
    return f"${fine(value)}" if kind == "usd_per_share" and not text.strip("$0.") else text


def counted(n: int | None) -> str:
    """`n 1,234`, or nothing when uncounted."""
    return "" if n is None else f"n\N{NO-BREAK SPACE}{n:,}"
