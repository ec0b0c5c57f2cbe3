"""What rules judge: canonical and measured rows of one day, and what was agreed, known and delivered around it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from routeproof.policy.monitoring import Waits
from routeproof.policy.thresholds import DriftStandards

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts of one trading day; a member that is null could not be had, and `absent` says why.

    All instants are UTC ns, prices, quantities and money Int64 at 1e-9. Every frame has `provider`; `symbol` and
    `venue` where there is such a thing, null where it is unknown.

    Attributes:
        day: trading day.
        open_at, close_at: regular session; null on a day without one.
        next_days: trading days that follow, ascending, as far as the calendar is known: see `tables.trading_days`.
        earlier_days: trading days of the month before, ascending: see `tables.trading_days`.
        seen_until: event time up to which everything was seen; what lies later may still change. Null: the day is over.
        quotes_until: event time up to which quotes were seen; null: those of the whole day.
        waits: how long findings wait for what is late.
        drift: how daily streams are held against their baselines.
        fills: measured executions that stand (busts folded): the wide rows of `tables.measured`, benchmark at receipt,
            with `provider` (the order's, else the one whose source told the fill), `limit_price` of the version,
            `route_limit` (that of the route, if fills of it were told as `added`; else null),
            `round_lot` (of the symbol on the day, 1e-9 shares),
            `order_known` (an order of that identity was seen), and the extremes of usable best quotes in force within
            the second before the fill, up to the provider's declared clock uncertainty after it:
            `ask_high_1s, bid_low_1s` (null where there were none).
        executions: canonical executions of the day with `provider`, busts and corrections among them.
        orders: measured orders of the day that ended (`tables.measured_orders`).
        parents: canonical parent orders received on the day, with `provider`.
        versions: canonical order versions of the day, with `provider, symbol, side` of their order.
        routes: measured routes of the day (`tables.measured_routes.route_outcomes`), with `provider`, `order_type`;
            where there were quotes of single venues also `fade_base`, `faded`.
        open_limits: limit orders while they stood open, and the market meanwhile: see `tables.open_limits`.
        ended_early: partly filled orders that others than the customer ended: see `tables.ended_early`.
        reports: `execution_id, role, session, seen_at, seen_price, seen_quantity`: what each FIX session first reported
            of a fill; role as in `sightings`; without `provider`, which the fill has.
        misfits: `sources.fix.fold.misfits` of the day, with `provider` (the source's); identities as the messages told.
        messages: distinct FIX messages of the day, with `provider` (the source's): see `app.facts.log_facts`.
        sequences: ranges of FIX sequence numbers that were seen: see `sources.fix.sequences`.
        clocks: `provider, uncertainty_ns`: declared uncertainty of clocks; a provider that declared none has no row.
        received_days: `provider, day, rows`: order flow taken in, by day of the month up to this day.
        trades: canonical prints of the day, of symbols with own flow.
        status: canonical `market_status` of the day.
        instruments: terms in force on the day, one row per symbol.
        agreed_venues: `provider, venue, since`: the list that the provider disclosed and the firm accepted, as it was
            on the day; since: business date from which on every list names the venue, null: the first one did.
        displays: who showed the best price when a last route was sent, and fees: see `app.facts.shown_facts`.
        settings: `provider, name, value`: the configuration in force.
        sla: `provider, clause, title, observed, threshold, unit, breached, period`.
        payments: canonical `payments`, up to the day.
        venues: canonical `venues` in force on the day.
        deliveries: `provider, delivery, day, due_on, came_on, found` expected files that are due by the day.
        restated: `provider, file, day, rows` data of the day that a later delivery changed.
        contradictions: `provider, table, name, source_id, source_row`: executions, orders and routes that were set
            aside since the same identity (`name`) is known with other content; only from files that are tables.
        vendor: the provider's own figures per order beside ours: see `tables.vendor_orders`.
        vendor_differences: what the provider's report of the day and the record disagree on, row by row: see
            `app.reconcile.one_day`.
        vendor_claims: on the last trading day of a quarter, figures that providers state about it beside ours: see
            `app.facts.vendor_word`.
        vendor_times: on that day, whether times of the quarter's fills look written afterwards, by provider.
        agreed_levels: levels of daily streams that an agreement sets: see `rules.stream_keys.AGREED`.
        history: daily streams of earlier days and of this one: see `rules.streams`.
        choices: first venues of earlier days and of this one by situation: see `rules.choice_streams.CHOICES`.
        announcements: versions of configurations: see `rules.announcements.ANNOUNCEMENTS`.
        payers: venues that pay for order flow, by `payments` and the conflict register: `provider` (null: whoever's),
            `venue`, `usd_per_share` of the last month that was paid for, null where only a conflict names the venue.
        affiliates: `provider, venue`: venues under one roof with the provider, by `venues` and the conflict register.
        quoted_symbols: `symbol, last_at`: symbols with reference quotes, and until when they were seen.
        law: dated rules in force on the day, by name: see `app.facts.law`.
        absent: member name to the reason why it is null.
    """

    day: date
    open_at: int | None = None
    close_at: int | None = None
    next_days: tuple[date, ...] = ()
    earlier_days: tuple[date, ...] = ()
    seen_until: int | None = None
    quotes_until: int | None = None
    waits: Waits = field(default_factory=Waits)
    drift: DriftStandards = field(default_factory=DriftStandards)
    fills: pl.DataFrame | None = None
    executions: pl.DataFrame | None = None
    orders: pl.DataFrame | None = None
    parents: pl.DataFrame | None = None
    versions: pl.DataFrame | None = None
    routes: pl.DataFrame | None = None
    open_limits: pl.DataFrame | None = None
    ended_early: pl.DataFrame | None = None
    reports: pl.DataFrame | None = None
    misfits: pl.DataFrame | None = None
    messages: pl.DataFrame | None = None
    sequences: pl.DataFrame | None = None
    clocks: pl.DataFrame | None = None
    received_days: pl.DataFrame | None = None
    trades: pl.DataFrame | None = None
    status: pl.DataFrame | None = None
    instruments: pl.DataFrame | None = None
    agreed_venues: pl.DataFrame | None = None
    displays: pl.DataFrame | None = None
    settings: pl.DataFrame | None = None
    sla: pl.DataFrame | None = None
    agreed_levels: pl.DataFrame | None = None
    payments: pl.DataFrame | None = None
    venues: pl.DataFrame | None = None
    deliveries: pl.DataFrame | None = None
    restated: pl.DataFrame | None = None
    contradictions: pl.DataFrame | None = None
    vendor: pl.DataFrame | None = None
    vendor_differences: pl.DataFrame | None = None
    vendor_claims: pl.DataFrame | None = None
    vendor_times: pl.DataFrame | None = None
    history: pl.DataFrame | None = None
    choices: pl.DataFrame | None = None
    announcements: pl.DataFrame | None = None
    payers: pl.DataFrame | None = None
    affiliates: pl.DataFrame | None = None
    quoted_symbols: pl.DataFrame | None = None
    law: Mapping[str, object] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)

    def lacking(self, names: tuple[str, ...]) -> list[str]:
        """Which of these members are not there."""
        return [name for name in names if getattr(self, name) is None]

    def need(self, name: str) -> pl.DataFrame:
        """A member that the rule declared to need."""
        found = getattr(self, name)
        assert found is not None  # noqa: S101  # rules are judged only with what they need
        return found  # type: ignore[no-any-return]


MEMBERS = tuple(item.name for item in fields(Facts))
