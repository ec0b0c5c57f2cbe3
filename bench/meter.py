"""Wall seconds, CPU seconds of this process and its children, and peak memory."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

KILOBYTE = 1024


def cpu_seconds() -> float:
    """User and system seconds of this process, its threads and its ended children."""
    return sum(os.times()[:4])


def peak_bytes() -> int:
    """Largest resident set of this process; without /proc also of one ended child."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says of this process began with the process that started it
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * KILOBYTE
    usages = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(usages) * KILOBYTE


class Meter:
    """Begins when made."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._wall, self._cpu = clock(), cpu_seconds()

    def read(self) -> dict[str, float]:
        """`wall_s, cpu_s` since the beginning and `peak_bytes` of the process."""
        return {
            "wall_s": self._clock() - self._wall,
            "cpu_s": cpu_seconds() - self._cpu,
            "peak_bytes": float(peak_bytes()),
        }
