"""The whole simulation as values: one configuration in, one `LabDay` per session out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.lab.client_session import client_messages
from routeproof.lab.clocks import provider_clock
from routeproof.lab.fix_text import RESENT_AFTER_NS, lines, numbered
from routeproof.lab.gtc import carried_messages
from routeproof.lab.leaks import with_leaks
from routeproof.lab.market import MarketDay, market_day, opening_prices
from routeproof.lab.provider_day import ProviderDay, provider_day, routed_day
from routeproof.lab.seeds import stream
from routeproof.lab.states import States, order_states
from routeproof.lab.tape import tape
from routeproof.lab.venue_session import venue_messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeproof.lab.config import LabConfig
    from routeproof.lab.sessions import Session

_RESENT_SHARE = 0.0015


@dataclass(frozen=True)
class ProviderFiles:
    """One provider's day with what it became and the lines of its FIX log."""

    truth: ProviderDay
    states: States
    log: list[str]


@dataclass(frozen=True)
class LabDay:
    """One session: market, tape (fixed-point prices, UTC nanoseconds) and each provider's day."""

    session: Session
    market: MarketDay
    tape: pl.DataFrame
    providers: tuple[ProviderFiles, ...]


def simulate(config: LabConfig) -> Iterator[LabDay]:
    """All sessions, oldest first; each depends on the configuration only."""
    for session in config.all_sessions:
        yield simulate_day(config, session)


def simulate_day(config: LabConfig, session: Session) -> LabDay:
    """One session, independent of the others."""
    market = market_day(config, session, opening_prices(config)[session.day])
    sent = [routed_day(config, provider, market) for provider in config.providers]
    market = with_leaks(market, [leak for one in sent for leak in one.leaks])
    days = [provider_day(config, one, market) for one in sent]
    files = []
    for day in days:
        states = order_states(day)
        files.append(ProviderFiles(day, states, _log(config, day, states)))
    return LabDay(session, market, tape(config, market, days), tuple(files))


def _log(config: LabConfig, day: ProviderDay, states: States) -> list[str]:
    """All messages that the firm's log of this provider holds, in order of sending."""
    carried = carried_messages(config, day.provider, day.carried)
    ordered = numbered(pl.concat([client_messages(config, day, states), venue_messages(config, day, states), *carried]))
    honest = ordered.with_columns(resent=pl.lit(value=False))
    rng = stream(config.seed, "resend", day.market.session.day.isoformat(), day.provider.comp_id)
    drawn = pl.Series(rng.random(ordered.height) < _RESENT_SHARE) & (ordered["sender"] == day.provider.comp_id)
    again = honest.filter(drawn).with_columns(at=pl.col("at") + RESENT_AFTER_NS, resent=pl.lit(value=True))
    every = pl.concat([honest, again]).sort("at", maintain_order=True)
    own_clock = pl.col("sender") == day.provider.comp_id
    clock = provider_clock(config, day.provider, pl.col("at"))
    return lines(every.with_columns(stamp=pl.when(own_clock).then(clock).otherwise("at")))
