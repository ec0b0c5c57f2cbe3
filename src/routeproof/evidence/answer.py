"""What an analysis answers: one number with its interval, what it is an estimate of, or why it cannot tell."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One claim. `estimate`, `lower` and `upper` are None exactly when `reason` says why nothing can be told.

    Attributes:
        estimand: the quantity that is estimated, in words a supervisor understands.
        unit: of estimate and bounds.
        estimate: the number; also None for a bound alone, where `lower` and `upper` are given.
        lower: lower end of the interval or bound.
        upper: upper end.
        n: how many orders, routes or days the answer rests on, as `counted` says.
        counted: what `n` counts.
        assumptions: what has to be true for the number to mean what `estimand` says; one sentence each.
        reason: why the answer is refused.
        detectable: smallest true value that would have been found 2 times in 3 or more often, see `Interval`; None
            where that has no meaning.
    """

    estimand: str
    unit: str
    n: int
    counted: str
    assumptions: tuple[str, ...]
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    reason: str | None = None
    detectable: float | None = None

    @property
    def refused(self) -> bool:
        """Whether nothing can be told."""
        return self.reason is not None


def refused(estimand: str, unit: str, reason: str, *, n: int = 0, counted: str, assumptions: tuple[str, ...]) -> Answer:
    """An answer that says why it is none."""
    return Answer(estimand=estimand, unit=unit, n=n, counted=counted, assumptions=assumptions, reason=reason)
