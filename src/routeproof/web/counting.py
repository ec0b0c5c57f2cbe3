"""What operations count, in Prometheus' words; with several workers, over all of them."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0, 2.5, 10.0)


class Counts:
    """Requests by method, route and status, and how long they took."""

    def __init__(self) -> None:
        self._collectors = CollectorRegistry()
        self._requests = Counter(
            "routeproof_requests_total", "Requests answered.", ("method", "route", "status"), registry=self._collectors
        )
        self._seconds = Histogram(
            "routeproof_request_seconds", "Time to answer.", ("route",), buckets=SECONDS, registry=self._collectors
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """As Prometheus reads it."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._collectors)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


COUNTS = Counts()
