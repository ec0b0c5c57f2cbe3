"""How fast one client may ask: a bucket that fills again, so that bursts pass and floods do not."""

from __future__ import annotations

import time
from collections import OrderedDict

PER_SECOND = 60.0
BURST = 300.0
CLIENTS = 4_096


class Pace:
    """Buckets by client, the ones used last kept."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def has_time_for(self, client: str) -> bool:
        """Whether one more request of a client is taken now."""
        now = time.monotonic()
        left, at = self._buckets.pop(client, (BURST, now))
        left = min(BURST, left + (now - at) * PER_SECOND)
        taken = left >= 1
        self._buckets[client] = (left - 1 if taken else left, now)
        if len(self._buckets) > CLIENTS:
            self._buckets.popitem(last=False)
        return taken
