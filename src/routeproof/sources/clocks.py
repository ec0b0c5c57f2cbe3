"""What a map declares of clocks: `[clock.NAME]`, by provider or by CompID."""

from __future__ import annotations

from collections.abc import Mapping

from routeproof.vocab.errors import MapError

MOST_UNCERTAINTY_NS = 3_600 * 10**9
"""A clock that is an hour off says nothing of the order of messages."""


def declared_clocks(sections: Mapping[str, object]) -> dict[str, int]:
    """Name to declared uncertainty in nanoseconds, as far as a map's sections state one.

    Raises:
        MapError: if a section is none, or an uncertainty is no whole number of nanoseconds.
    """
    clocks = sections.get("clock", {})
    if not isinstance(clocks, Mapping) or not all(isinstance(clock, Mapping) for clock in clocks.values()):
        message = "expected [clock.NAME] sections, found something else under `clock`"
        raise MapError(message)
    return {
        str(name): _uncertainty_ns(clock["uncertainty_ns"])
        for name, clock in clocks.items()
        if "uncertainty_ns" in clock
    }


def uncertainty_of(provider_id: str, sections: Mapping[str, object]) -> int | None:
    """Declared uncertainty of a provider's clock, under its id or a CompID that the map gives it; the largest."""
    parties = sections.get("parties", {})
    stated = parties.get("provider", []) if isinstance(parties, Mapping) else []
    names = {provider_id, *([stated] if isinstance(stated, str) else stated)}
    return max((known for name, known in declared_clocks(sections).items() if name in names), default=None)


def _uncertainty_ns(value: object) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_UNCERTAINTY_NS):
        message = f"expected uncertainty_ns in [clock.*] as whole nanoseconds, at most an hour, found {text[:40]!r}"
        raise MapError(message)
    return int(text)
