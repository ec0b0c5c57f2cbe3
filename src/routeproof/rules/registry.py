"""The catalog in reading order: an explicit list, no import magic."""

from __future__ import annotations

from routeproof.rules.catalog import (
    outside_nbbo,
    slow_fill,
)

ALL = (
    slow_fill.RULE,
    outside_nbbo.RULE,
)

BY_NAME = {rule.name: rule for rule in ALL}
