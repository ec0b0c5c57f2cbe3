"""Honest behaviour that looks like a fault at first sight: nobody may be accused of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.lab.controls import better_payer

if TYPE_CHECKING:
    from routeproof.lab.cheats.cheat import Cheat

CONTROLS: tuple[Cheat, ...] = (better_payer.CONTROL,)
