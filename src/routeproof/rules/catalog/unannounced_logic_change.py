"""The provider's router began to choose otherwise, and no version of its configuration says so.

Counted are orders that meet the market by the venue that they try first, for each order class, spread in ticks, size
against displayed, and venue at the best price: another mix of these is no change. (Situations of fewer than `least_n`
orders, or 1 in 200, count as one of their class.) Every session the last `window_sessions` of them are searched for the
day after which the choices differ most, and chance is judged by `draws` random orders of whole sessions (`seed`). A
change needs a chance of at most `error`, `least_days` sessions on either side, and a venue whose share of an order
class (with `least_n` orders on each side) rose by at least `least_share_moved`. It is told once, on the first session
on which it can be seen, and not later than `told_sessions` sessions after it. `history_sessions` are read, so that what
earlier sessions saw is known: it is at least the sum of both.

It is silent where a version of the provider's configuration takes effect within `notice_days` of the change, with a
notice or without: then the change is on file. Left out are orders that may outlive their day. With fewer than some
seventeen sessions on record no order of them is unlikely enough, so that nothing is said. A slow trend, or a venue that
opens, can look like a change. `routing changes` asks the same of any span and shows it day by day; its page has what
was measured. Ask the provider what was changed on that day, who approved it, and where the notice is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.evidence.choice.changes import ScanRules
from routeproof.evidence.choice.watch import WatchRules, new_changes
from routeproof.rules.announcements import ANNOUNCEMENTS, UNANNOUNCED, announced, announcements_of
from routeproof.rules.choice_streams import choice_streams, move_at
from routeproof.rules.hits import Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import percent, trimmed
from routeproof.rules.windows import end_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeproof.evidence.choice.watch import Change
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.choice_streams import ChoiceStream, Move
    from routeproof.rules.facts import Facts

_ROWS = {
    "provider": pl.String,
    "venue": pl.String,
    "key": pl.String,
    "kind": pl.String,
    "before": pl.Float64,
    "share": pl.Float64,
    "allowed": pl.Float64,
    "lost": pl.String,
    "lost_before": pl.Float64,
    "lost_share": pl.Float64,
    "orders": pl.Int64,
    "p": pl.Float64,
}


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Changes of choice that this day's look is the first to find, and that nobody announced."""
    known = ANNOUNCEMENTS.to_frame() if facts.announcements is None else facts.announcements
    streams = choice_streams(facts.need("choices"), limits.value("least_n"))
    rows = [row for stream in streams for row in _told(stream, facts, known, limits)]
    return hits(
        pl.DataFrame(rows, schema=_ROWS),
        pl.lit(value=True),
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            key=pl.col("key"),
            unit="ratio",
            observed=pl.col("share"),
            threshold=pl.col("allowed"),
            sentence=pl.format(
                "Unannounced logic change: from {} on {} tried {} first for {} of {} orders, {} before; {} fell from {}"
                " to {} ({} orders, chance {}). No version of its configuration on file takes effect about then.",
                "key",
                "provider",
                "venue",
                percent(pl.col("share")),
                "kind",
                percent(pl.col("before")),
                "lost",
                percent(pl.col("lost_before")),
                percent(pl.col("lost_share")),
                "orders",
                trimmed(pl.col("p")),
            ),
        ),
    )


def _told(stream: ChoiceStream, facts: Facts, known: pl.DataFrame, limits: Limits) -> Iterator[dict[str, Any]]:
    own = limits.within(provider=stream.provider)
    if stream.days[-1] != facts.day:
        return
    least, telling = own.value("least_n"), own.value("least_share_moved")

    def is_telling(change: Change) -> bool:
        move = move_at(stream, change, least)
        return move is not None and bool(move.rise.max() >= telling)

    for change in new_changes(stream.counts, _rules(own), is_telling):
        move = move_at(stream, change, least)
        first, last = stream.days[change.first], stream.days[change.last]
        told = announcements_of(known, stream.provider)
        if move is not None and announced(first, last, told, own.value("notice_days"))[0] == UNANNOUNCED:
            on = stream.days[change.place].isoformat()
            yield {"provider": stream.provider, "key": on, "p": change.p_value, **_moved(move, telling)}


def _moved(move: Move, telling: float) -> dict[str, Any]:
    gained, lost = int(move.rise.argmax()), int(move.rise.argmin())
    before, share = move.shares[gained]
    return {
        "venue": move.venues[gained],
        "kind": move.order_class.replace("_", " "),
        "before": float(before),
        "share": float(share),
        "allowed": float(before) + telling,
        "lost": move.venues[lost],
        "lost_before": float(move.shares[lost, 0]),
        "lost_share": float(move.shares[lost, 1]),
        "orders": move.orders,
    }


def _rules(own: Limits) -> WatchRules:
    scan = ScanRules(
        least_days=own.value("least_days"),
        draws=own.value("draws"),
        seed=own.value("seed"),
        error=own.value("error"),
        stops=True,
    )
    return WatchRules(scan=scan, window=own.value("window_sessions"), told=own.value("told_sessions"))


RULE = Rule(
    code="RP168",
    name="unannounced_logic_change",
    title="Routing logic changed, and nobody said so",
    kind="window",
    scope=("provider",),
    needs=("choices",),
    units={
        "window_sessions": "sessions",
        "history_sessions": "sessions",
        "told_sessions": "sessions",
        "least_days": "sessions",
        "draws": "orders_of_sessions",
        "seed": "number",
        "error": "ratio",
        "least_n": "orders",
        "least_share_moved": "ratio",
        "notice_days": "days",
    },
    source="FINRA Rule 5310.09(b): review of where orders are routed; change notices of the agreement",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="routing",
)
