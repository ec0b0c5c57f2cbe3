"""How far a provider's clock is from true time: it wanders within the declared bound, a little more each day."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import polars as pl

from routeproof.lab.seeds import stream
from routeproof.vocab.times import NS_PER_DAY, NS_PER_MS

if TYPE_CHECKING:
    from routeproof.lab.config import LabConfig, Provider

_PERIOD_DAYS = 17


def provider_clock(config: LabConfig, provider: Provider, at: pl.Expr) -> pl.Expr:
    """What the provider's clock shows at true UTC nanoseconds `at`; never further off than `clock_drift_ms`."""
    phase = float(stream(config.seed, "clock", provider.comp_id).uniform(0, 2 * math.pi))
    days = at / NS_PER_DAY
    wave = (days * (2 * math.pi / _PERIOD_DAYS) + phase).sin()
    return at + (wave * (provider.clock_drift_ms * NS_PER_MS)).round(0).cast(pl.Int64)
