"""The recorded switches of a measurement; every output is stamped with all of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from routeproof.vocab.errors import RefusedError, UsageError

Benchmark = Literal["receipt", "route", "venue", "execution"]
Population = Literal["own", "tape"]
Tie = Literal["strict", "inclusive"]
Locked = Literal["exclude", "include"]
AfterClose = Literal["null", "final_quote"]

_WORDS: dict[str, tuple[str, ...]] = {
    "benchmark": get_args(Benchmark),
    "population": get_args(Population),
    "tie": get_args(Tie),
    "locked": get_args(Locked),
    "after_close": get_args(AfterClose),
}


@dataclass(frozen=True, slots=True)
class Switches:
    """How the market is looked up and what counts.

    Attributes:
        population: `own` executions, or the `tape`'s eligible prints.
        benchmark: the moment of the reference quote.
        tie: `strict` takes the quote in force strictly before an event, `inclusive` one of the same instant too.
        locked: whether a locked reference quote (bid = ask) stays in the statistics.
        after_close: a horizon after the session's close is null, or takes the session's final quote.
        shift_ns: nanoseconds added to the firm's clock in every look-up of own flow.
        stale_after_ns: age from which a reference quote is flagged as stale; it stays in.
    """

    population: Population = "own"
    benchmark: Benchmark = "receipt"
    tie: Tie = "strict"
    locked: Locked = "exclude"
    after_close: AfterClose = "null"
    shift_ns: int = 0
    stale_after_ns: int = 60_000_000_000

    def __post_init__(self) -> None:
        """Refuse unknown words and mixes that would compare different things."""
        for name, allowed in _WORDS.items():
            value = getattr(self, name)
            if value not in allowed:
                message = f"expected {name} to be one of {', '.join(allowed)}, found {value!r}"
                raise UsageError(message, where=name)
        if self.population == "tape" and self.benchmark != "execution":
            message = (
                f"a print on the tape has no {self.benchmark} moment: the tape is measured at benchmark "
                "'execution' only, and own flow is compared with it there"
            )
            raise RefusedError(message, where="benchmark")
        if self.population == "tape" and self.shift_ns:
            message = "the tape does not run on the firm's clock: only own flow can be measured with a shifted one"
            raise RefusedError(message, where="shift")

    def stamped(self) -> dict[str, Any]:
        """The switches as plain values for an output's meta block."""
        return asdict(self)
