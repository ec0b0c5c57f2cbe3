"""Heightened monitoring owes a look each so many days, until it ends."""

from datetime import date
from typing import Any

from routeproof.app.firm.duty_sources import _monitoring_looks


def _state(looks: int = 0, concluded: str | None = None) -> dict[str, Any]:
    return {
        "provider": "P",
        "monitoring": {"on": "2026-08-01", "review_every_days": 7, "until": "2026-08-31", "first_look": 1},
        "looks": [{"on": "2026-07-01", "counts": True}, *({"on": "2026-08-09", "counts": True},) * looks],
        "concluded": {"on": concluded} if concluded else None,
    }


def _owed(state: dict[str, Any], on: str) -> list[tuple[str, str, str | None]]:
    owed = _monitoring_looks("R1", state, date.fromisoformat(on))
    return [(item.id, item.due_on.isoformat(), item.done_on.isoformat() if item.done_on else None) for item in owed]


def test_looks_of_every_week_so_far_and_the_next_one_are_owed() -> None:
    """A look before this monitoring began closes none of them."""
    assert _owed(_state(looks=1), "2026-08-12") == [
        ("monitoring_look:R1:1", "2026-08-08", "2026-08-09"),
        ("monitoring_look:R1:2", "2026-08-15", None),
    ]


def test_nothing_is_owed_after_the_end_or_the_conclusion() -> None:
    """By hand: 8, 15, 22 and 29 August lie before the end of the month."""
    assert [due for _, due, _ in _owed(_state(), "2026-12-01")] == [f"2026-08-{day:02}" for day in (8, 15, 22, 29)]
    assert [due for _, due, _ in _owed(_state(concluded="2026-08-16"), "2026-12-01")] == ["2026-08-08", "2026-08-15"]


def test_without_monitoring_no_look_is_owed() -> None:
    """A remediation that stands before that step."""
    assert _owed({"monitoring": None}, "2026-08-12") == []
