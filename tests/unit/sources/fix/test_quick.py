"""The quick parsers say nothing, or what the careful ones say."""

import numpy as np
import pytest

from routeproof.sources.fix.quick import ASK, quick_clock, quick_decimal, quick_whole
from routeproof.sources.fix.typed import parse_decimal, parse_instant, parse_whole

DAY_NS = 86_400_000_000_000
NUMBERS = [
    "0",
    "1",
    "12.5",
    "100.",
    ".5",
    ".",
    "",
    "-3",
    "1.2.3",
    "12a",
    "99999999",
    "1234567",
    "0.000001",
    "3e5",
    "+1",
]
FRACTIONS = ["", ".", ".1", ".123", ".123456", ".12345678", ".123456789", ".1234567890", ".12x", ",123"]
CLOCKS = ["14:30:00", "23:59:59", "24:00:00", "14:60:00", "14:30:60", "14:3a:00", "14-30-00", "1430:000"]


def bytes_of(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """The text with the pad that a log's buffer has."""
    return np.frombuffer(text.encode() + b"\n" * 24, dtype=np.uint8)


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers(text: str) -> None:
    """Plain short numbers are taken, all others left to the careful parser."""
    buf = bytes_of(text)
    whole, decimal = quick_whole(buf, 0, len(text)), quick_decimal(buf, 0, len(text))
    assert whole in (ASK, parse_whole(buf, 0, len(text)))
    assert decimal in (ASK, parse_decimal(buf, 0, len(text)))


def test_usual_values_are_taken() -> None:
    """12.5 is 12,500,000,000 at scale 1e-9; 14:30:00.25 is 52,200.25 seconds after midnight."""
    assert quick_decimal(bytes_of("12.5"), 0, 4) == 12_500_000_000
    assert quick_whole(bytes_of("4711"), 0, 4) == 4711
    assert quick_clock(bytes_of("20260105-14:30:00.25"), 0, 20) == 52_200_250_000_000


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("fraction", FRACTIONS)
def test_clocks(clock: str, fraction: str) -> None:
    """The time of day of an instant."""
    text = f"20260105-{clock}{fraction}"
    buf = bytes_of(text)
    found = quick_clock(buf, 0, len(text))
    assert found in (ASK, parse_instant(buf, 0, len(text)) % DAY_NS)
