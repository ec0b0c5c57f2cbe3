"""A question as people write it, on a command line or in an address, read into one that can be answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from routeproof.app.measuring.measure import Question
from routeproof.tables.switches import Switches
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import NS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPAN = re.compile(r"^\s*([+-]?\d+(?:\.\d+)?)\s*(ns|us|ms|s)\s*$")
_UNIT_NS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
STALE_AFTER = "60s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The texts of a question; see `routeproof measure` for each. Null or empty is what is usual."""

    by: str = ""
    metrics: str = ""
    first: str | None = None
    last: str | None = None
    provider: str | None = None
    where: tuple[str, ...] = ()
    benchmark: str | None = None
    population: str = "own"
    tie: str = "strict"
    locked: str = "exclude"
    after_close: str = "null"
    stale_after: str = STALE_AFTER
    shift: str | None = None
    manifest: str | None = None

    def question(self) -> Question:
        """The question.

        Raises:
            UsageError: a text that says nothing.
        """
        at_execution = "execution" if self.population == "tape" else "receipt"
        switches = Switches(
            population=self.population,  # type: ignore[arg-type]  # whoever asks holds the choices
            benchmark=self.benchmark or at_execution,  # type: ignore[arg-type]
            tie=self.tie,  # type: ignore[arg-type]
            locked=self.locked,  # type: ignore[arg-type]
            after_close=self.after_close,  # type: ignore[arg-type]
            stale_after_ns=_span_ns(self.stale_after, "--stale-after", "an age such as 60s"),
        )
        return Question(
            by=names_in(self.by),
            metrics=names_in(self.metrics),
            first=day_in(self.first, "--from"),
            last=day_in(self.last, "--to"),
            provider=self.provider,
            where=self.where,
            switches=switches,
            shifts_ns=parse_shifts(self.shift),
            manifest=self.manifest,
        )


def names_in(text: str | Iterable[str]) -> tuple[str, ...]:
    """Names between commas, without blanks and empty ones."""
    texts = [text] if isinstance(text, str) else text
    return tuple(name.strip() for part in texts for name in part.split(",") if name.strip())


def day_in(text: str | None, option: str) -> date | None:
    """A day as YYYY-MM-DD; null stays null.

    Raises:
        UsageError: the text is no day.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"expected a day such as 2026-07-01, found {text!r}"
        raise UsageError(message, where=option) from error


def parse_shifts(text: str | None) -> tuple[int, ...]:
    """Clock shifts in ns: one, or five even steps of a range `-50ms..50ms` (also written with `…`).

    Raises:
        UsageError: the text is neither.
    """
    if text is None:
        return ()
    expected = "a shift such as 10ms or a range such as -50ms..50ms"
    ends = [_span_ns(part, "--shift", expected) for part in re.split(r"\.{2,3}|…", text)]
    if len(ends) == 1:
        return (ends[0],)
    low, high = ends[0], ends[-1]
    return tuple(sorted({low + (high - low) * step // 4 for step in range(5)}))


def _span_ns(text: str, option: str, expected: str) -> int:
    found = _SPAN.match(text)
    if found is None:
        message = f"expected {expected}, found {text!r}"
        raise UsageError(message, where=option)
    span = round(Fraction(found[1]) * _UNIT_NS[found[2]])
    if abs(span) > NS_PER_DAY:
        message = f"expected {expected}, of a day at most, found {text[:40]!r}"
        raise UsageError(message, where=option)
    return span
