"""Which messages must be folded together, told from 64-bit hashes of what joins them.

Joined are messages that share a ClOrdID on a session (11, 41, 379), that a report asks for by OrderID or sequence
number because its ClOrdID is unknown, that bust or correct one fill, and that a sighting outside order sessions may
meet; of a ClOrdID that a good-till order had and later ones took over, reports with one OrderID. On logs of several
hops the symbol joins too, since orders are linked within it by their terms. An identifier that is used on several days
joins only the messages that mean one use. To join more than needed changes no result; equal hashes of different texts
do no more than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.fold import words
from routeproof.sources.fix.fold.parties import is_copy, is_downward
from routeproof.sources.fix.fold.recoding import with_symbols
from routeproof.sources.fix.fold.told import Times, told_of
from routeproof.sources.fix.fold.union import Union, among
from routeproof.sources.fix.set_aside import MULTI_LEG

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from routeproof.sources.fix.fold.parties import Sessions
    from routeproof.sources.fix.fold.told import Told

    Hashes = npt.NDArray[np.uint64]

_TEXTS = ("orig_cl_ord_id", "provider_order_id", "exec_id", "exec_ref_id", "secondary_exec_id", "trd_match_id")
READ = ("msg_type", "sender", "target", "multileg_type", "cl_ord_id", "ref_id", *_TEXTS, "exec_type", "ord_status",
        "exec_trans_type", "seq", "ref_seq", "symbol", "security_id", "symbol_suffix", "last_qty", "sent_at",
        "transact_at", "trading_day", "time_in_force")  # fmt: skip
"""Columns that are looked at."""

_REPORTS, _BY_SEQUENCE = ("8", "9", "3", "j"), ("3", "j")
_FILLING = ("1", "2", "F")
_PRICED = ("1", "2", "F", "H", "G")
_FLAGS = ("opens", "lasting", "cancels", "reports", "priced", "fills", "loose", "multi_leg")
_TIMES = ("sent", "executed", "day")
_KEYS = ("session", "edge", "own", *_TEXTS, "seq", "ref_seq", "symbol")
_THRICE = 3


class Joins:
    """Hashes of the messages of a set, chunk by chunk."""

    def __init__(self, sessions: Sessions, symbols: Mapping[str, str]) -> None:
        self._sessions, self._symbols = sessions, symbols
        hops = set(sessions.hops.values())
        self._by_symbol = len(hops) > 1 or not hops <= {0, 1}
        self._both_ways = any((target, source) in sessions.hops for source, target in sessions.hops)
        self._flags: list[pl.DataFrame] = []
        self._times: list[pl.DataFrame] = []
        self._keys: list[dict[str, Hashes]] = []
        self._rows: list[int] = []

    def add(self, messages: pl.DataFrame) -> None:
        """The next messages, at least `READ`."""
        kind, transaction = pl.col("msg_type"), pl.col("exec_trans_type").fill_null("0")
        said = pl.coalesce("exec_type", "ord_status")
        sender, target = (messages.get_column(name).hash() for name in ("sender", "target"))
        down = is_downward(self._sessions)
        onward = messages.select(
            pl.when(down).then(sender * _THRICE ^ target).otherwise(target * _THRICE ^ sender).alias("onward")
        ).to_series()
        flags = messages.select(
            kind.is_in(["D", "G"]).alias("opens"),
            (kind.is_in(["D", "G"]) & pl.col("time_in_force").is_in(words.LASTING_CODES)).alias("lasting"),
            (kind == "F").alias("cancels"),
            kind.is_in(_REPORTS).alias("reports"),
            ((kind == "8") & (said.is_in(_PRICED) | transaction.is_in(["1", "2"]))).alias("priced"),
            ((kind == "8") & said.is_in(_FILLING) & ~transaction.is_in(["1", "2", "3"]) & (pl.col("last_qty") > 0))
            .alias("fills"),
            (is_copy(self._sessions.parties) | ~onward.is_in(self._carrying().implode())).alias("loose"),
            (kind.is_in(MULTI_LEG) | pl.col("multileg_type").is_in(["2", "3"])).alias("multi_leg"),
        )  # fmt: skip
        self._flags.append(flags.with_columns(pl.all().fill_null(value=False)))
        sent = pl.col("sent_at").fill_null(0)
        self._times.append(
            messages.select(
                sent.alias("sent"),
                pl.coalesce("transact_at", sent).alias("executed"),
                pl.col("trading_day").to_physical().cast(pl.Int64).fill_null(-1).alias("day"),
            )
        )
        asks = kind.is_in(_BY_SEQUENCE)
        texts = {"own": pl.coalesce("cl_ord_id", "ref_id"), **{name: pl.col(name) for name in _TEXTS}}
        texts |= {"seq": pl.when(kind.is_in(["D", "G", "F"])).then("seq"), "ref_seq": pl.when(asks).then("ref_seq")}
        keys = {name: _hashes(messages, text) for name, text in texts.items()}
        if self._by_symbol:
            recoded = with_symbols(messages, self._symbols)
            keys["symbol"] = _hashes(recoded, pl.when(kind.is_in(["D", "G", "F"])).then(words.symbol()))
        keys |= {"session": (sender ^ target).to_numpy(), "edge": onward.to_numpy()}
        self._keys.append({name: found for name, found in keys.items() if found.size})
        self._rows.append(messages.height)

    def _carrying(self) -> pl.Series:
        rows = list(self._sessions.hops)
        names = pl.DataFrame(rows, schema={"sender": pl.String, "target": pl.String}, orient="row")
        return names["sender"].hash() * _THRICE ^ names["target"].hash()

    def first_rows(self, some: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.int64]:
        """(n,) for each message the number of the first one that it must be folded with; of `some` as if alone."""
        told = self._told(some)
        union, asking = Union(told.own.size), told.reports
        union.join(told.own, told.original)
        if told.by_name:
            # the first of one name may be a cancel request
            known = told.own[told.opens & ~told.loose & ~among(told.own, told.own[told.cancels])]
            asking = told.reports & ~among(told.own, known)
            if asking.any():
                asking &= ~among(told.original, known)
        if asking.any():
            union.join(_only(told.orders, told.reports & among(told.orders, told.orders[asking])))
        if told.asked.any():
            union.join(_only(told.numbers, among(told.numbers, told.asked[told.asked != 0])), told.asked)
        seen = told.priced & (asking | told.loose)
        if seen.any() or told.revised.any():
            wanted = np.concatenate([told.revised[told.priced], told.executions[seen]])
            executions = _only(told.executions, told.priced & among(told.executions, wanted))
            union.join(executions, _only(told.revised, told.priced))
        if seen.any():
            for names in told.sightings:
                wanted = np.concatenate([keys[seen] for keys in names])
                union.join(*(_only(keys, told.priced & among(keys, wanted)) for keys in names))
        if told.taken_over.any():
            union.join(told.taken_over)
        if told.symbols.any():
            union.join(told.symbols)
        return union.first_rows()

    def _told(self, some: npt.NDArray[np.bool_] | None) -> Told:
        rows = slice(None) if some is None else some
        flags = {name: pl.concat([frame[name] for frame in self._flags]).to_numpy()[rows] for name in _FLAGS}
        sent, executed, day = (pl.concat([frame[name] for frame in self._times]).to_numpy()[rows] for name in _TIMES)
        keys = {name: self._column(name)[rows] for name in _KEYS}
        by_name = not flags.pop("multi_leg").any() and not self._both_ways
        return told_of(keys, flags, Times(sent, executed, day), by_name=by_name)

    def _column(self, name: str) -> Hashes:
        parts = [keys.get(name, np.zeros(rows, dtype=np.uint64))
                 for keys, rows in zip(self._keys, self._rows, strict=True)]  # fmt: skip
        return np.concatenate(parts)


def bucket_of(first_rows: npt.NDArray[np.int64], messages: int) -> npt.NDArray[np.int32]:
    """(n,) bucket of each message: sets of joined messages, by their first one, as many as reach that number."""
    sizes = np.bincount(first_rows, minlength=first_rows.size)
    before = np.cumsum(sizes) - sizes
    number = before[first_rows] // messages
    renumbered = np.cumsum(np.bincount(number) > 0) - 1  # none is without messages
    return np.asarray(renumbered[number], dtype=np.int32)


def _hashes(messages: pl.DataFrame, text: pl.Expr) -> Hashes:
    """Hashes of texts or numbers, never 0, which stands for none; empty if all are none."""
    values = messages.select(text.alias("text")).to_series()
    if values.null_count() == len(values):
        return np.zeros(0, dtype=np.uint64)
    found = values.hash().to_numpy() | np.uint64(1)
    return np.where(values.is_null().to_numpy(), np.uint64(0), found) if values.null_count() else found


def _only(keys: Hashes, chosen: npt.NDArray[np.bool_]) -> Hashes:
    return np.where(chosen, keys, np.uint64(0))
