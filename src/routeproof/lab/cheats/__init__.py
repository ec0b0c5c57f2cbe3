"""The ways a provider can cheat: one file each, listed here in the order they act within a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.lab.cheats import (
    affiliate_first,
    backfilled_times,
    disimprovement,
    fade,
    ioi_first,
    leaking_venue,
    logic_change,
    payers_only,
    payment_chasing,
    rebate_ordered,
    selective_reporting,
    slow_walk,
    undisclosed_venue,
)

if TYPE_CHECKING:
    from routeproof.lab.cheats.cheat import Cheat

CHEATS: tuple[Cheat, ...] = (
    logic_change.CHEAT,
    payment_chasing.CHEAT,
    payers_only.CHEAT,
    rebate_ordered.CHEAT,
    affiliate_first.CHEAT,
    ioi_first.CHEAT,
    undisclosed_venue.CHEAT,
    slow_walk.CHEAT,
    fade.CHEAT,
    disimprovement.CHEAT,
    selective_reporting.CHEAT,
    backfilled_times.CHEAT,
)
LEAKS: tuple[Cheat, ...] = (leaking_venue.CHEAT,)
"""Faults of a venue that move the market itself: the analysis of leakage is measured by them, the rules are not."""

BY_NAME = {cheat.name: cheat for cheat in (*CHEATS, *LEAKS)}
