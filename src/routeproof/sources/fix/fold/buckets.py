"""Which messages must be folded together, told from 64-bit hashes of what joins them.

Joined are messages that share a ClOrdID on a session (11, 41, 379), that a report asks for by OrderID or sequence
number because its ClOrdID is unknown, that bust or correct one fill, and that a sighting outside order sessions may
meet. On logs of several hops the symbol joins too, since orders are linked within it by their terms. To join more than
needed changes no result; equal hashes of different texts do no more than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.fold import words
from routeproof.sources.fix.fold.parties import DOWNWARD, is_copy
from routeproof.sources.fix.fold.recoding import with_symbols
from routeproof.sources.fix.fold.union import Union, among
from routeproof.sources.fix.set_aside import MULTI_LEG

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from routeproof.sources.fix.fold.parties import Sessions

    Hashes = npt.NDArray[np.uint64]

_TEXTS = ("orig_cl_ord_id", "provider_order_id", "exec_id", "exec_ref_id", "secondary_exec_id", "trd_match_id")
READ = ("msg_type", "sender", "target", "multileg_type", "cl_ord_id", "ref_id", *_TEXTS, "exec_type", "ord_status",
        "exec_trans_type", "seq", "ref_seq", "symbol", "security_id", "symbol_suffix")  # fmt: skip
"""Columns that are looked at."""

_REPORTS, _BY_SEQUENCE = ("8", "9", "3", "j"), ("3", "j")
_PRICED = ("1", "2", "F", "H", "G")
_FLAGS = ("opens", "cancels", "reports", "priced", "loose", "multi_leg")
_KEYS = ("session", "own", *_TEXTS, "seq", "ref_seq", "symbol")
_THRICE = 3


class Joins:
    """Hashes of the messages of a set, chunk by chunk."""

    def __init__(self, sessions: Sessions, symbols: Mapping[str, str]) -> None:
        self._sessions, self._symbols = sessions, symbols
        hops = set(sessions.hops.values())
        self._by_symbol = len(hops) > 1 or not hops <= {0, 1}
        self._both_ways = any((target, source) in sessions.hops for source, target in sessions.hops)
        self._flags: list[pl.DataFrame] = []
        self._keys: list[dict[str, Hashes]] = []
        self._rows: list[int] = []

    def add(self, messages: pl.DataFrame) -> None:
        """The next messages, at least `READ`."""
        kind, transaction = pl.col("msg_type"), pl.col("exec_trans_type").fill_null("0")
        said = pl.coalesce("exec_type", "ord_status")
        sender, target = (messages.get_column(name).hash() for name in ("sender", "target"))
        down = kind.is_in(DOWNWARD)
        onward = messages.select(
            pl.when(down).then(sender * _THRICE ^ target).otherwise(target * _THRICE ^ sender).alias("onward")
        ).to_series()
        flags = messages.select(
            kind.is_in(["D", "G"]).alias("opens"),
            (kind == "F").alias("cancels"),
            kind.is_in(_REPORTS).alias("reports"),
            ((kind == "8") & (said.is_in(_PRICED) | transaction.is_in(["1", "2"]))).alias("priced"),
            (is_copy(self._sessions.parties) | ~onward.is_in(self._carrying().implode())).alias("loose"),
            (kind.is_in(MULTI_LEG) | pl.col("multileg_type").is_in(["2", "3"])).alias("multi_leg"),
        )
        self._flags.append(flags.with_columns(pl.all().fill_null(value=False)))
        asks = kind.is_in(_BY_SEQUENCE)
        texts = {"own": pl.coalesce("cl_ord_id", "ref_id"), **{name: pl.col(name) for name in _TEXTS}}
        texts |= {"seq": pl.when(kind.is_in(["D", "G", "F"])).then("seq"), "ref_seq": pl.when(asks).then("ref_seq")}
        keys = {name: _hashes(messages, text) for name, text in texts.items() if name != "seq"}
        keys["seq"] = _hashes(messages, texts["seq"])
        if self._by_symbol:
            recoded = with_symbols(messages, self._symbols)
            keys["symbol"] = _hashes(recoded, pl.when(kind.is_in(["D", "G", "F"])).then(words.symbol()))
        keys["session"] = (sender ^ target).to_numpy()
        self._keys.append({name: found for name, found in keys.items() if found.size})
        self._rows.append(messages.height)

    def _carrying(self) -> pl.Series:
        rows = list(self._sessions.hops)
        names = pl.DataFrame(rows, schema={"sender": pl.String, "target": pl.String}, orient="row")
        return names["sender"].hash() * _THRICE ^ names["target"].hash()

    def first_rows(self) -> npt.NDArray[np.int64]:
        """(n,) for each message the number of the first one that it must be folded with."""
        opens, cancels, reports, priced, loose, multi = (pl.concat(self._flags)[name].to_numpy() for name in _FLAGS)
        keys = {name: self._column(name) for name in _KEYS}
        session = keys["session"]

        def on_session(name: str) -> Hashes:
            return _but_none(keys[name], keys[name] ^ session)

        union = Union(session.size)
        own, original = on_session("own"), on_session("orig_cl_ord_id")
        union.join(own, original)
        asking = reports
        if not multi.any() and not self._both_ways:
            known = own[opens & ~loose & ~_among(own, own[cancels])]  # the first of one name may be a cancel request
            asking = reports & ~_among(own, known)
            if asking.any():
                asking &= ~_among(original, known)
        if asking.any():
            orders = on_session("provider_order_id")
            union.join(_only(orders, reports & _among(orders, orders[asking])))
        if keys["ref_seq"].any():
            numbers, asked = on_session("seq"), on_session("ref_seq")
            union.join(_only(numbers, _among(numbers, asked[asked != 0])), asked)
        seen = priced & (asking | loose)
        revised, executions = on_session("exec_ref_id"), on_session("exec_id")
        if seen.any() or revised.any():
            wanted = np.concatenate([revised[priced], executions[seen]])
            union.join(_only(executions, priced & _among(executions, wanted)), _only(revised, priced))
        if seen.any():
            for names in (("exec_id", "secondary_exec_id", "trd_match_id"), ("own", "provider_order_id")):
                wanted = np.concatenate([keys[name][seen] for name in names])
                union.join(*(_only(keys[name], priced & _among(keys[name], wanted)) for name in names))
        if self._by_symbol:
            union.join(keys["symbol"])
        return union.first_rows()

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


def _but_none(keys: Hashes, combined: Hashes) -> Hashes:
    return np.where(keys == 0, np.uint64(0), combined | np.uint64(1))


def _only(keys: Hashes, chosen: npt.NDArray[np.bool_]) -> Hashes:
    return np.where(chosen, keys, np.uint64(0))


def _among(keys: Hashes, wanted: Hashes) -> npt.NDArray[np.bool_]:
    """Whether each key is one of those; none is not."""
    return among(keys, wanted) if wanted.any() else np.zeros(keys.size, dtype=bool)
