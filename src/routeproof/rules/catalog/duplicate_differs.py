"""One thing was told twice, and not in the same words.

Four signs: a fill report whose ExecID (field 17) came before on the day in the same session with another symbol, side,
price or quantity (after the session began anew with number 1: of the same ClOrdID, since some parties count from one
again); one trade (field 880) of one symbol that reports give different prices; where sequence numbers were kept, a
session's number that two different messages carry within one epoch, told once for each session; and an execution,
order or route of a table whose identity was taken in with other content (the first one stands). Of messages only fills
count (ExecType F, 1 or 2): corrections and busts say themselves that they change something. Messages marked as resent
(43=Y) are left out but for the first sign: a copy must say what its original said. Equal copies are one account,
however often they were delivered.

The finding names the ExecID, trade, session or row. Clock: sending time of the later message. Ask which of the two
stands, and for a correction (ExecType G) that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import NO_HITS, Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, named, shares
from routeproof.rules.sessions import SESSION, epoch_starts, in_epochs
from routeproof.rules.windows import end_of
from routeproof.tables.wide import kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

FILLS = ("F", "1", "2")
_SAID = ("symbol", "side", "last_qty", "last_px")


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Fills, trades and numbered messages that were told in two ways."""
    del limits  # two different accounts of one fill are one too many
    return pl.concat([*_in_messages(facts), _in_tables(facts)])


def _in_messages(facts: Facts) -> list[pl.DataFrame]:
    if facts.messages is None:
        return []
    every = _with_sessions(facts.messages)
    messages = kept(every, ~_is_resent())
    settled = facts.waits.lateness_ms * 1_000_000
    starts = facts.sequences
    return [_executions(every, starts, settled), _trades(messages, settled), _numbers(messages, starts, settled)]


def _in_tables(facts: Facts) -> pl.DataFrame:
    """Things of which a later row told something else, whichever of the rows came first."""
    if facts.contradictions is None:
        return NO_HITS
    told = facts.contradictions.group_by("provider", "table", "name", maintain_order=True).agg(
        (pl.len() + 1).alias("accounts"), *(pl.col(name).first() for name in ("source_id", "source_row"))
    )
    is_fill = pl.col("table") == "executions"
    named_fill = pl.when(is_fill).then(pl.concat_list("name")).otherwise(pl.lit([], dtype=pl.List(pl.String)))
    sentence = pl.format(
        "{} was told in {} ways; the first that was taken in stands.",
        pl.when(is_fill)
        .then(pl.format("Execution {}", "name"))
        .otherwise(pl.format("The row of {} named {}", "table", "name")),
        "accounts",
    )
    key = pl.format("{} {}", "table", "name")
    at = pl.lit(end_of(facts))
    return hits(
        told.with_columns(named_fill.alias("execution_ids")),
        pl.lit(value=True),
        Shape(at=at, unit="accounts", observed=pl.col("accounts"), threshold=pl.lit(1.0), key=key, sentence=sentence),
    )


def _is_fill() -> pl.Expr:
    plain = pl.col("exec_trans_type").fill_null("0").is_in(["0"])
    return (pl.col("msg_type") == "8") & pl.col("exec_type").is_in(FILLS) & plain & (pl.col("last_qty") > 0)


def _is_resent() -> pl.Expr:
    return (pl.col("poss_dup") == "Y").fill_null(value=False)


def _with_sessions(messages: pl.DataFrame) -> pl.DataFrame:
    """Messages whose time is known, texts as they are read."""
    texts = ("msg_type", "sender", "target", "poss_dup", "exec_type", "exec_trans_type", "symbol", "side")
    plain = messages.with_columns(pl.col(texts).cast(pl.String)).with_columns(pl.col(SESSION).fill_null(""))
    return kept(plain, pl.col("sent_at").is_not_null())


def _several(messages: pl.DataFrame, among: pl.Expr, by: Sequence[str]) -> pl.DataFrame:
    """Of some of the messages those that are not alone with their name: few, and no others are moved."""
    names = messages.select(pl.when(among).then(pl.struct(by).hash())).to_series()
    return kept(messages, names.is_duplicated() & names.is_not_null())


def _told(frame: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """The first and the last account, in time and copies last, of each thing of which there may be several."""
    several = frame.filter(_comes_again(by)).sort(_is_resent(), "sent_at", "message_id")
    return several.group_by(by, maintain_order=True).agg(
        pl.struct(_SAID).n_unique().alias("accounts"),
        pl.col("last_px").n_unique().alias("prices"),
        *(pl.col(name).first() for name in ("provider", "symbol", "last_qty", "last_px") if name not in by),
        *(pl.col(name).last().alias(f"{name}_2") for name in ("symbol", "last_qty", "last_px")),
        pl.col("last_mkt").last().alias("venue"),
        *(pl.col(name).last() for name in ("sent_at", "source_id", "source_row")),
    )


def _comes_again(by: Sequence[str]) -> pl.Expr:
    """Whether another row may be alike; few are, and only those are worth sorting and grouping."""
    return pl.struct(by).hash().is_duplicated()  # equal values have equal hashes


def _told_in_sessions(fills: pl.DataFrame, sequences: pl.DataFrame | None) -> pl.DataFrame:
    """Accounts of one ExecID: of one epoch, or of one order where a session began anew between them."""
    name = [*SESSION, "exec_id"]
    if sequences is None or sequences.is_empty():
        return _told(fills, name)
    again = in_epochs(fills, epoch_starts(sequences), "sent_at")
    in_one = _told(again, [*name, "epoch"]).filter(pl.col("accounts") > 1)
    of_one = _told(again.filter(pl.col("cl_ord_id").is_not_null()), [*name, "cl_ord_id"])
    both = [in_one.drop("epoch"), of_one.filter(pl.col("accounts") > 1).drop("cl_ord_id")]
    return pl.concat(both).unique(name, keep="first", maintain_order=True)


def _executions(messages: pl.DataFrame, sequences: pl.DataFrame | None, settled: int) -> pl.DataFrame:
    fills = _several(messages, _is_fill() & pl.col("exec_id").is_not_null(), [*SESSION, "exec_id"])
    told = _told_in_sessions(fills, sequences)
    sentence = pl.format(
        "{} reported execution {} twice, and not alike: first {} of {} at {}, then {} of {} at {}.",
        pl.when(pl.col("sender") == "").then(pl.lit("An unnamed party")).otherwise("sender"),
        "exec_id",
        shares(pl.col("last_qty")),
        named("symbol", "an unnamed symbol"),
        _price("last_px"),
        shares(pl.col("last_qty_2")),
        named("symbol_2", "an unnamed symbol"),
        _price("last_px_2"),
    )
    key = pl.format("{} {} {}", *SESSION, "exec_id")
    return hits(told, pl.col("accounts") > 1, _shape(pl.col("accounts"), key, sentence, settled))


def _trades(messages: pl.DataFrame, settled: int) -> pl.DataFrame:
    trade = ["provider", "trd_match_id", "symbol"]
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in ("trd_match_id", "symbol", "last_px"))
    told = _told(_several(messages, _is_fill() & known, trade), trade)
    sentence = pl.format(
        "Trade {} in {} was reported at two prices: first at {}, later at {}.",
        "trd_match_id",
        "symbol",
        _price("last_px"),
        _price("last_px_2"),
    )
    key = pl.format("trade {}", "trd_match_id")
    return hits(told, pl.col("prices") > 1, _shape(pl.col("prices"), key, sentence, settled))


def _numbers(messages: pl.DataFrame, sequences: pl.DataFrame | None, settled: int) -> pl.DataFrame:
    """Sessions with numbers that two messages carry; without the ranges of numbers epochs cannot be told apart."""
    if sequences is None or sequences.is_empty():
        return NO_HITS
    numbered = _several(messages, pl.col("seq").is_not_null(), [*SESSION, "seq"])
    placed = in_epochs(numbered, epoch_starts(sequences), "sent_at")
    at_start = (pl.col("sent_at") == pl.col("start_at")).fill_null(value=False) & (pl.col("seq") != 1)
    twice = (
        placed.filter(~at_start)
        .sort("sent_at", "message_id")
        .group_by(*SESSION, "epoch", "seq", maintain_order=True)
        .agg(
            pl.col("message_id").n_unique().alias("accounts"),
            *(pl.col(name).last() for name in ("provider", "sent_at", "source_id", "source_row")),
        )
        .filter(pl.col("accounts") > 1)
    )
    told = (
        twice.sort("sent_at", "seq")
        .group_by(SESSION, maintain_order=True)
        .agg(
            pl.len().alias("numbers"),
            pl.col("seq").min(),
            *(pl.col(name).first() for name in ("provider", "sent_at", "source_id", "source_row")),
        )
    )
    sentence = pl.format(
        "{} sequence numbers of the session from {} to {} carry two different messages, the first is {}.",
        "numbers",
        *(pl.when(pl.col(name) == "").then(pl.lit("an unnamed party")).otherwise(name) for name in SESSION),
        "seq",
    )
    one = pl.format(
        "Sequence number {} of the session from {} to {} carries two different messages.",
        "seq",
        *(pl.when(pl.col(name) == "").then(pl.lit("an unnamed party")).otherwise(name) for name in SESSION),
    )
    said = pl.when(pl.col("numbers") == 1).then(one).otherwise(sentence)
    key = pl.format("session {} {}", *SESSION)
    return hits(told, pl.lit(value=True), _shape(pl.col("numbers") + 1, key, said, settled))


def _price(column: str) -> pl.Expr:
    return pl.coalesce(dollars(pl.col(column)), pl.lit("no price"))


def _shape(accounts: pl.Expr, key: pl.Expr, sentence: pl.Expr, settled: int) -> Shape:
    return Shape(
        at=pl.col("sent_at"),
        unit="accounts",
        observed=accounts,
        threshold=pl.lit(1.0),
        key=key,
        settles_at=pl.col("sent_at") + settled,
        sentence=sentence,
    )


RULE = Rule(
    code="RP155",
    name="duplicate_differs",
    title="Told twice, differently",
    kind="window",
    scope=("provider", "venue", "symbol"),
    needs=(),
    units={},
    source="FIX 4.4: ExecID is unique, a change is a correction (150=G); SEC Rule 17a-3(a)(6): accurate order records",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
)
