"""The live engine: what arrived is folded where it changes something, judged, and recorded."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.app.facts.day_facts import day_facts, facts_of
from routeproof.app.facts.told_facts import told_of_day
from routeproof.app.objects.findings import standing_ids
from routeproof.app.watch.clock import EventClock
from routeproof.app.watch.earlier_days import EarlierDays
from routeproof.app.watch.firm import Firm
from routeproof.app.watch.left_over import left_over
from routeproof.app.watch.live_source import LiveSource, MarketTables
from routeproof.app.watch.pool_thread import on_pool_thread
from routeproof.app.watch.provider import LiveProvider
from routeproof.app.watch.providers_of import by_provider
from routeproof.app.watch.record import record_judged, withdraw
from routeproof.app.watch.windows.columns import narrowed
from routeproof.app.watch.windows.judge import OF_ORDERS, Seen, Windows
from routeproof.rules.judge import judge
from routeproof.rules.registry import ALL
from routeproof.sources.fix.tokenizer import tokenize
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.watch.flow import Touched
    from routeproof.app.watch.held_messages import Rows
    from routeproof.app.watch.quotes import LiveQuotes
    from routeproof.app.watch.record import Recorded
    from routeproof.app.watch.windows.judge import WindowJudge
    from routeproof.rules.facts import Facts
    from routeproof.rules.rule import Judged

    EarlierFindings = Callable[[date, LiveProvider, Collection[str]], set[str]]

RULES_OF_ORDERS = tuple(rule for rule in ALL if rule.kind != "window")
LATE_EVERY_NS = NS_PER_S
"""Orders are judged again for quotes that came late no more often: a feed may always be late."""

WINDOWS_EVERY_NS = 5 * NS_PER_S
"""Rules of windows look at the whole day, so they are judged less often than orders are."""

WINDOWS_PAUSE = 5
"""Between two judgements of windows passes this many times what the last one took."""

JUDGED_AT_ONCE = 100_000
"""Messages of orders that are judged together after a start: a day as a whole would take gigabytes."""

DAYS_HELD = 2
"""Days that are held as a whole: today, and the last one for what comes late; earlier ones are judged from the lake."""

_DATED = ("parent_orders", "order_versions", "routes", "executions")


class Engine:
    """State of a running watch.

    Attributes:
        recorded: findings recorded, amended and withdrawn so far.
    """

    def __init__(
        self, context: Context, quotes: LiveQuotes, sections: Mapping[str, Mapping[str, Any]],
        windows: WindowJudge | None = None, *, at_once: int = JUDGED_AT_ONCE,
    ) -> None:  # fmt: skip
        self._context, self._quotes, self._sections = context, quotes, sections
        self._firm, self._clock, self._market = Firm(context), EventClock(), MarketTables(context.lake)
        self._providers: dict[str, LiveProvider] = {}
        self._windows: WindowJudge = windows or Windows(context)
        self._at_once = at_once
        self._windows_due_at = 0
        self._windows_are_judged = False
        self._changed_days: set[date] = set()
        self._days: set[date] = set()
        self._earlier = EarlierDays(context.lake, frozenset())
        self._news: set[date] = set()
        self._held: dict[str, list[Rows]] = {}
        self._lateness_ns = 0
        self._late: dict[str, int] = {}
        self._late_due_at = 0
        self.recorded = 0

    def take(self, provider_id: str, raw: Iterable[bytes]) -> None:
        """Take in whole FIX messages of a provider and judge what they concern."""
        self.hold_log(provider_id, b"\n".join(raw))
        self.judge_held()

    def hold_log(self, provider_id: str, content: bytes) -> None:
        """Take in whole lines of a FIX log of a provider; `go_on` judges what they concern."""
        on_pool_thread(lambda: self._hold_log(provider_id, content))

    def _hold_log(self, provider_id: str, content: bytes) -> None:
        firm_id = self._context.workspace.firm_id
        read = tokenize(io.BytesIO(content), name="", source_id=provider_id, firm_id=firm_id)
        pieces = [piece.messages for piece in read]
        if pieces:
            self.hold(provider_id, pl.concat(pieces))

    def judge_held(self) -> None:
        """Judge what was taken in since the last time, with what time has changed: each judgement has its price."""
        late = self._late_quotes()
        for name, live in self._providers.items():
            due = np.union1d(live.timers.run_out(self._seen_until()), live.for_quotes.run_out(self._quotes.latest()))
            if late:
                due = np.union1d(due, live.flow.of_symbols(late))
            rows = live.flow.together(np.concatenate([*self._held.pop(name, ()), due]))
            if rows.size:
                self._judge_orders(live, rows)

    def _late_quotes(self) -> dict[str, int]:
        """Symbols whose orders are to be judged again for quotes that came late, and since when: once in a while."""
        for symbol, at in self._quotes.came_late(self._seen_until()).items():
            self._late[symbol] = min(at, self._late.get(symbol, at))
        if not self._late or self._context.clock() < self._late_due_at:
            return {}
        late, self._late = self._late, {}
        self._late_due_at = self._context.clock() + LATE_EVERY_NS
        return late

    @property
    def days_over(self) -> frozenset[date]:
        """Days that are judged from the lake, as not everything of them is held; asked by other threads."""
        return self._earlier.days

    @property
    def messages_held(self) -> int:
        """Order messages in memory."""
        return sum(live.flow.messages for live in self._providers.values())

    def begin(self, days: Iterable[date]) -> None:
        """Leave these days of the lake to the lake, but for what orders of today go back to."""
        self._earlier = EarlierDays(self._context.lake, frozenset(days))
        self._hold_earlier(self._earlier.open_orders())

    def hold(self, provider_id: str, messages: pl.DataFrame, ranges: pl.DataFrame | None = None) -> None:
        """Take in `FIX_MESSAGES` rows of a provider without judging what they concern.

        `ranges` are `FIX_SEQUENCES` rows, where the messages are distinct ones that no longer tell them.
        """
        if messages.is_empty():
            return
        latest = messages["sent_at"].max()
        self._clock.saw(latest if isinstance(latest, int) else 0, self._context.clock())
        live = self._provider(provider_id)
        named = messages.with_columns(pl.lit(provider_id).alias("source_id"))
        rows = live.flow.hold(named)
        self._windows.told(provider_id, named, ranges)
        days = set(messages["trading_day"].drop_nulls().unique()) - self.days_over
        self._changed_days |= days
        self._days |= days
        if missing := live.flow.missing_fills(named):
            self._hold_earlier(self._earlier.of_fills(missing))
        self._held.setdefault(provider_id, []).append(rows)

    def _provider(self, provider_id: str) -> LiveProvider:
        if provider_id not in self._providers:
            sections = self._sections.get(provider_id, {})
            workspace = self._context.workspace
            self._providers[provider_id] = LiveProvider(
                provider_id, sections, workspace.firm_id, workspace.scratch_folder
            )
        return self._providers[provider_id]

    def _hold_earlier(self, messages: pl.DataFrame) -> None:
        for provider_id, rows in by_provider(self._context.records, messages):
            self._provider(provider_id).flow.hold(rows.with_columns(pl.lit(provider_id).alias("source_id")))

    def news(self) -> set[date]:
        """Days with final findings since the last call; asked by another thread."""
        days, self._news = self._news, set()
        return days

    def go_on(self) -> None:
        """Judge what time alone has changed: timers that ran out, fills whose quotes have come, windows."""
        self.judge_held()
        self._hear_windows(wait=False)
        due = self._changed_days and self._context.clock() >= self._windows_due_at
        if due and not self._windows_are_judged:
            self._begin_windows()
            self._let_go()
            self._hear_windows(wait=False)

    def judge_everything(self) -> None:
        """Judge all orders, and the windows of their days; after a start, what was held only."""
        self._held.clear()
        for live in self._providers.values():
            self._judge_all(live, self._left_waiting)
        self.judge_windows()

    def settle(self) -> None:
        """Take back what an earlier run found of the days held, and what they no longer give rise to.

        To be called once after a start, when all that had come by then was read.
        """
        for live in self._providers.values():
            if any(self._left_over(day, live, ()) for day in self._days - self.days_over):
                self._judge_all(live, self._left_over)

    def _judge_all(self, live: LiveProvider, earlier: EarlierFindings) -> None:
        """Judge all orders, some at a time; what an earlier run found and they do not give rise to is withdrawn."""
        unjudged: dict[date, set[str]] = {}
        for rows in live.flow.portions(self._at_once):
            for day, names in self._judge_orders(live, rows).items():
                unjudged.setdefault(day, set()).update(names)
        for day, names in unjudged.items():
            self._note_recorded(withdraw(self._context, day, earlier(day, live, names) - live.found()))

    def judge_windows(self) -> None:
        """Judge the rules of windows over the days that changed, and wait until it is done."""
        self._hear_windows(wait=True)
        if self._changed_days:
            self._begin_windows()
            self._hear_windows(wait=True)

    def _begin_windows(self) -> None:
        days = sorted(self._changed_days)
        self._windows.judge(days, Seen(self._seen_until(), {day: self._quotes.seen_until(day) for day in days}))
        self._changed_days.clear()
        self._windows_are_judged = True

    def _hear_windows(self, *, wait: bool) -> None:
        outcome = self._windows.outcome(wait=wait) if self._windows_are_judged else None
        if outcome is not None:
            self._windows_are_judged = False
            self._windows_due_at = self._context.clock() + max(WINDOWS_EVERY_NS, WINDOWS_PAUSE * outcome.took_ns)
            self._note_recorded(outcome.recorded)

    def _note_recorded(self, recorded: Recorded) -> None:
        self.recorded += recorded.findings
        self._news |= recorded.news

    def _let_go(self) -> None:
        """Days that are over are left to the lake; of their orders those stay that may still be filled."""
        over = set(sorted(self._days)[:-DAYS_HELD])
        if over:
            self._days -= over
            self._earlier = EarlierDays(self._context.lake, self.days_over | over)
            every = set(self.days_over)  # what came late for an earlier one goes too
            held_on = {name: live.let_go(every) for name, live in self._providers.items() if live.flow.messages}
            self._windows.let_go(held_on, every)
            for held in (self._quotes, self._market, self._firm):
                held.let_go(every)

    def _seen_until(self) -> int:
        return max(0, self._clock.now(self._context.clock()) - self._lateness_ns)

    def _judge_orders(self, live: LiveProvider, rows: Rows) -> dict[date, Collection[str]]:
        """Judge whole groups; rules that could not be judged, by day."""
        return on_pool_thread(lambda: self._judge_groups(live, rows))

    def _judge_groups(self, live: LiveProvider, rows: Rows) -> dict[date, Collection[str]]:
        unjudged: dict[date, Collection[str]] = {}
        touched = live.flow.fold(rows)
        before = live.found_before(touched.rows)
        standing: dict[str, list[pl.DataFrame]] = {name: [] for name in OF_ORDERS}
        for day in sorted(_days(touched) - self.days_over):
            members = self._members(live, touched, day)
            for name in OF_ORDERS:
                if members.get(name) is not None:
                    standing[name].append(narrowed(members[name], name))
            facts = self._facts(day, members)
            policy = self._firm.on(day).policy
            judged = judge(RULES_OF_ORDERS, facts, policy.limits)
            self._note_recorded(record_judged(self._context, day, judged, policy.id, before))
            unjudged[day] = judged.unjudged.keys()
            self._note(live, judged, facts, int(touched.rows[0]))
            self._changed_days.add(day)
        together = {name: pl.concat(found, how="diagonal_relaxed") for name, found in standing.items() if found}
        self._windows.put(live.flow.provider_id, touched.rows, together)
        return unjudged

    def _left_waiting(self, day: date, live: LiveProvider, _unjudged: Collection[str]) -> set[str]:
        names = [rule.name for rule in RULES_OF_ORDERS]
        return standing_ids(self._context.records, day, names, [live.flow.provider_id], waiting=True)

    def _left_over(self, day: date, live: LiveProvider, unjudged: Collection[str]) -> set[str]:
        names = [rule.name for rule in RULES_OF_ORDERS if rule.name not in unjudged]
        found = set().union(*(each.found() for each in self._providers.values()))
        return left_over(self._context, day, names, live.flow.provider_id, found)

    def _members(self, live: LiveProvider, touched: Touched, day: date) -> dict[str, Any]:
        known = self._firm.on(day)
        self._lateness_ns = known.waits.lateness_ms * NS_PER_MS
        source = LiveSource(touched.tables, self._quotes, self._market)
        provider = live.flow.provider_id
        tellers = replace(known.tellers, providers={provider: provider})
        members = day_facts(source, day, known.rules, tellers)
        if members["orders"] is not None:
            numbers = touched.tables["parent_orders"].select("order_id", "source_row").unique("order_id")
            members["orders"] = members["orders"].join(numbers, on="order_id", how="left", maintain_order="left")
        told = told_of_day(touched.tables["sightings"], touched.messages, touched.misfits, day, tellers)
        return {**members, **told, **known.members}

    def _facts(self, day: date, members: Mapping[str, Any]) -> Facts:
        told = {**members, "quotes_until": self._quotes.seen_until(day)}
        return facts_of(day, told, self._firm.on(day).absent, self._seen_until())

    def _note(self, live: LiveProvider, judged: Judged, facts: Facts, first: int) -> None:
        """Remember where findings were made, and when those that may still change are looked at again."""
        live.found_now((_row(text, first), key) for key, text in judged.findings.select("id", "source_row").iter_rows())
        seen, quote_ns = facts.seen_until or 0, facts.waits.quote_ms * NS_PER_MS  # as they were judged, not as of now
        waiting = judged.findings.filter(pl.col("status") != "final").select("at", "settles_at", "source_row")
        for at, settles_at, text in waiting.unique().iter_rows():
            settles = max(at, settles_at or 0)
            live.timers.set([(settles if settles > seen else at + quote_ns, _row(text, first))])
            live.for_quotes.set([(at, _row(text, first))])
        undue = judged.undue.select("settles_at", "source_row").unique()
        live.timers.set((settles_at, _row(text, first)) for settles_at, text in undue.iter_rows())


def _row(text: str | None, otherwise: int) -> int:
    """The number of the message that a hit's `SOURCE:ROW` names."""
    return otherwise if text is None else int(text.rpartition(":")[2])


def _days(touched: Touched) -> set[date]:
    """Trading days that the touched orders have rows on."""
    found = pl.concat([touched.tables[name]["trading_day"] for name in _DATED])
    return set(found.drop_nulls().unique())
