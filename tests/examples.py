"""How many random examples a property tries: few and always the same per commit, many and new ones by night."""

import os

from hypothesis import HealthCheck, settings

BY_NIGHT = bool(os.environ.get("ROUTEPROOF_NIGHT"))
MORE_BY_NIGHT = 25


def examples(count: int, more_by_night: int = MORE_BY_NIGHT) -> settings:
    """Settings of a property that tries `count` examples per commit and many times as many in `make test-night`."""
    busy_machine = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    if BY_NIGHT:
        return settings(busy_machine, max_examples=more_by_night * count)
    return settings(busy_machine, max_examples=count, derandomize=True, database=None)
