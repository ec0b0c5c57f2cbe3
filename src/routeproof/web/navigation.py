"""Where one can go, in the order of the work; an entry is shown to whom the matrix lets in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routeproof.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Entry:
    """One way in the side bar."""

    label: str
    path: str
    needs: str


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    ("", (Entry("My day", "/", "anybody"),)),
    (
        "Measure",
        (
            Entry("Scorecard", "/scorecard", "view.measures"),
            Entry("Explore", "/explore", "view.measures"),
            Entry("Orders", "/orders", "view.orders"),
            Entry("Venues", "/venues", "view.venues"),
            Entry("Conflicts", "/conflicts", "view.conflicts"),
            Entry("Analyses", "/analyses", "view.measures"),
        ),
    ),
    ("Supervise", (Entry("Exceptions", "/exceptions", "view.exceptions"), Entry("Duties", "/duties", "view.duties"))),
    (
        "Govern",
        (
            Entry("Providers", "/providers", "view.providers"),
            Entry("Reviews", "/reviews", "view.reviews"),
            Entry("Remediation", "/remediation", "view.remediation"),
            Entry("Procedures", "/wsp", "view.procedures"),
            Entry("Policy", "/policy", "view.policy"),
        ),
    ),
    (
        "Record",
        (
            Entry("Reports", "/reports", "view.reports"),
            Entry("Ledger", "/ledger", "view.ledger"),
            Entry("Data", "/data", "view.data"),
        ),
    ),
    ("", (Entry("Admin", "/admin", "view.people"), Entry("Help", "/help", "anybody"))),
)


def ways(visit: Visit) -> list[tuple[str, list[Entry]]]:
    """The side bar of a person, without groups that would be empty."""
    shown = [(title, [entry for entry in entries if visit.may(entry.needs)]) for title, entries in GROUPS]
    return [(title, entries) for title, entries in shown if entries]
