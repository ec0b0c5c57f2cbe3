"""Event time while messages arrive: it goes on with the wall clock from the last event that was seen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class EventClock:
    """Event time now.

    A feed of today keeps it at the wall clock; a feed of another day is as far as its last event, and what has passed
    since that one arrived. So a timer of an order runs out although nothing more arrives, in both.
    """

    last_event_at: int = 0
    seen_at: int = 0

    def saw(self, event_at: int, now: int) -> None:
        """An event that arrived now; one before the last changes nothing."""
        if event_at > self.now(now):
            self.last_event_at, self.seen_at = event_at, now

    def now(self, now: int) -> int:
        """Event time at a moment of the wall clock; 0 before the first event."""
        return self.last_event_at + max(0, now - self.seen_at) if self.last_event_at else 0
