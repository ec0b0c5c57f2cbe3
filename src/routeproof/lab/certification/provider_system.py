"""A provider's test system, simulated: takes orders, answers as it should, or with faults that are switched on.

It stands behind a FIX session like a real one. Instruments are known by the names that scripts give them: one named
`halted` is halted, in one named `restricted` short sales at the bid are, and `unknown` is not known at all.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from routeproof.lab.certification.messages import instant_text, message_bytes, price_text
from routeproof.lab.certification.provider_book import Fill, fills_for, touches
from routeproof.lab.certification.provider_refusals import (
    SHORT,
    Refusal,
    instrument_of,
    is_iso,
    number_in,
    refusal_of,
)
from routeproof.lab.certification.reply import fields_of
from routeproof.lab.certification.words import TIME_IN_FORCE
from routeproof.sources.fix.utc_timestamp import instant_of
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from routeproof.lab.certification.script import Instrument

LATE_NS = 2_500 * NS_PER_MS
HOUR_NS = 3_600 * NS_PER_S
AFTER_CANCEL_NS = 50 * NS_PER_MS
EXEC_INST = 18
ROUND_LOT, FAR_TICKS, FOREIGN_VENUE = 100, 10, "XOFF"
ECHOED = (1, 55, 54, 38, 40, 44, 59, 99, 18)
RESTS = frozenset({TIME_IN_FORCE["opening"], TIME_IN_FORCE["closing"]})
WITH_TRANSACTION_TYPE = frozenset({"FIX.4.0", "FIX.4.1", "FIX.4.2"})
"""Versions whose reports have an ExecTransType (20)."""
AT_ONCE = frozenset({TIME_IN_FORCE["ioc"], TIME_IN_FORCE["fok"]})


@dataclass
class _Held:
    """An order as the provider has it."""

    fields: dict[int, str]
    order_id: str
    status: str = "0"
    executed: int = 0
    paid: Decimal = Decimal(0)

    @property
    def is_open(self) -> bool:
        return self.status in {"0", "1"}

    @property
    def sign(self) -> int:
        return 1 if self.fields[54] == "1" else -1

    @property
    def quantity(self) -> int:
        return int(self.fields[38])


@dataclass
class ProviderSystem:
    """The simulated provider of one session.

    Args:
        instruments: by the names of scripts.
        venues: MICs it executes at.
        faults: names of `faults.FAULTS` that are switched on.
    """

    instruments: Mapping[str, Instrument]
    venues: Sequence[str]
    faults: Collection[str] = ()
    _orders: dict[str, _Held] = field(default_factory=dict)
    _due: list[tuple[int, int, bytes | str]] = field(default_factory=list)
    _count: int = 0
    _version: str = ""

    def take(self, message: bytes, now: int) -> None:
        """Take in an application message at `now`, UTC ns; what it leads to is handed out by `due`."""
        fields = fields_of(message)
        self._version = fields.get(8, "")
        {"D": self._new, "G": self._replace, "F": self._cancel}.get(fields.get(35, ""), self._unknown)(fields, now)

    def due(self, now: int) -> list[bytes]:
        """Messages to send by now, oldest first."""
        found: list[bytes] = []
        while self._due and self._due[0][0] <= now:
            at, _, what = heapq.heappop(self._due)
            if isinstance(what, bytes):
                found.append(what)
            elif (held := self._orders[what]).is_open:
                held.status = "C"
                self._report(held, "C", at)
        return found

    def _new(self, fields: dict[int, str], now: int) -> None:
        if "silent" in self.faults:
            return
        held = _Held(fields, f"P{self._next()}")
        refusal = self._refusal(fields, now)
        if fields.get(11, "") not in self._orders:
            self._orders[fields.get(11, "")] = held
        if refusal is not None:
            held.status = "8"
            self._report(held, "8", now, self._why(103, refusal))
            return
        if "stray" in self.faults:
            self._report(_Held({**fields, 11: "NOT-YOURS"}, f"P{self._next()}"), "0", now)
        if not {"fill_before_ack", "no_ack"} & set(self.faults):
            self._report(held, "0", now)
        self._trade(held, now)
        if "fill_before_ack" in self.faults:
            self._report(held, "0", now)
        if expiry := instant_of(fields.get(126, "")):
            self._expire(fields[11], expiry)

    def _expire(self, cl_ord_id: str, at: int) -> None:
        if "keeps_expired" not in self.faults:
            heapq.heappush(self._due, (at, self._next(), cl_ord_id))

    def _refusal(self, fields: Mapping[int, str], now: int) -> Refusal | None:
        if "accepts_all" in self.faults:
            return None
        if fields.get(11, "") in self._orders:
            return Refusal("6", "duplicate order")
        return refusal_of(fields, self.instruments, self.faults, now)

    def _trade(self, held: _Held, now: int) -> None:
        """Execute what the order's terms allow; give back or keep the rest."""
        fills = self._fills(held)
        shares = sum(fill.shares for fill in fills)
        leaves = held.quantity - held.executed
        is_fok = held.fields.get(59) == TIME_IN_FORCE["fok"]
        if is_fok and shares < leaves and "partial_fok" not in self.faults:
            fills = []
        for fill in fills:
            self._execute(held, fill, now)
        gives_back = held.fields.get(59) in AT_ONCE and "ioc_rests" not in self.faults
        if held.is_open and gives_back:
            held.status = "4"
            self._report(held, "4", now)

    def _fills(self, held: _Held) -> list[Fill]:
        instrument = instrument_of(held.fields, self.instruments)
        stop, limit = number_in(held.fields.get(99)), number_in(held.fields.get(44))
        if instrument is None or held.fields.get(59) in RESTS or held.quantity <= 0:
            return []
        if stop is not None and not touches(instrument, held.sign, stop) and "early_stop" not in self.faults:
            return []
        wanted = held.quantity - held.executed
        if "rounds_lots" in self.faults:
            wanted -= wanted % ROUND_LOT
        only = held.fields.get(100, "") if is_iso(held.fields) else ""
        early = stop is not None and "early_stop" in self.faults
        fills = fills_for(instrument, held.sign, wanted, None if early else limit, self.venues, only)
        return [self._spoiled(fill, held, instrument, limit) for fill in fills]

    def _spoiled(self, fill: Fill, held: _Held, instrument: Instrument, limit: Decimal | None) -> Fill:
        """The fill with what the faults make of it."""
        if "unexpected_venue" in self.faults or ("reroutes_iso" in self.faults and is_iso(held.fields)):
            fill = replace(fill, venue=FOREIGN_VENUE)
        if "through_limit" in self.faults and limit is not None:
            fill = replace(fill, price=limit + held.sign * instrument.tick)
        if "far_price" in self.faults and limit is None:
            fill = replace(fill, price=fill.price + held.sign * FAR_TICKS * instrument.tick)
        return fill

    def _execute(self, held: _Held, fill: Fill, now: int) -> None:
        held.executed += fill.shares
        held.paid += fill.shares * fill.price
        if held.is_open:
            held.status = "2" if held.executed == held.quantity else "1"
        execution = "X1" if "same_exec_id" in self.faults else f"X{self._next()}"
        renamed = {37: f"{held.order_id}-2"} if "renames_order" in self.faults else {}
        extra = {**renamed, 17: execution, 31: price_text(fill.price), 32: str(fill.shares), 30: fill.venue}
        self._report(held, "F", now, extra)
        if "busts" in self.faults:
            self._report(held, "H", now, {19: execution})

    def _replace(self, fields: dict[int, str], now: int) -> None:
        held = self._orders.get(fields.get(41, ""))
        if held is None or not held.is_open:
            self._refuse_change(held, fields, now)
            return
        held.fields = {**held.fields, **{tag: fields[tag] for tag in (11, 41, 38, 40, 44, 59, 99) if tag in fields}}
        self._orders[fields[11]] = held
        self._report(held, "5", now)
        self._trade(held, now)

    def _cancel(self, fields: dict[int, str], now: int) -> None:
        if "ignores_cancel" in self.faults:
            return
        held = self._orders.get(fields.get(41, ""))
        if held is None or not held.is_open:
            self._refuse_change(held, fields, now)
            return
        named = {41: fields[41]} if "old_id" in self.faults else {11: fields[11], 41: fields[41]}
        held.status = "4"
        held.fields = {**held.fields, **named}
        self._report(held, "4", now)
        if "fills_after_cancel" in self.faults:
            instrument = instrument_of(held.fields, self.instruments)
            assert instrument is not None  # noqa: S101  # it was accepted
            self._execute(held, Fill(1, instrument.reference_price, self.venues[0]), now + AFTER_CANCEL_NS)

    def _refuse_change(self, held: _Held | None, fields: Mapping[int, str], now: int) -> None:
        reason = Refusal("1", "unknown order") if held is None else Refusal("0", "too late")
        body = {
            37: held.order_id if held else "NONE",
            11: fields.get(11, ""),
            41: fields.get(41, ""),
            39: held.status if held else "8",
            434: "2" if fields.get(35) == "G" else "1",
            60: instant_text(now),
            **self._why(102, reason),
        }
        self._send("9", body, now)

    def _unknown(self, fields: Mapping[int, str], now: int) -> None:
        body = {45: fields.get(34, ""), 372: fields.get(35, ""), 380: "3", 58: "unsupported message"}
        self._send("j", body, now)

    def _why(self, tag: int, refusal: Refusal) -> dict[int, str]:
        return {} if "no_reason" in self.faults else {tag: refusal.code, 58: refusal.text}

    def _report(self, held: _Held, exec_type: str, now: int, extra: Mapping[int, str] | None = None) -> None:
        quantity = number_in(held.fields.get(38)) or Decimal(0)
        leaves = int(quantity) - held.executed if held.is_open else 0
        average = held.paid / held.executed if held.executed else Decimal(0)
        if "loses_leaves" in self.faults and held.is_open:
            leaves -= 1
        if "wrong_average" in self.faults and held.executed:
            average += 1
        told_at = now - HOUR_NS if "wrong_clock" in self.faults else now
        body = {
            37: held.order_id,
            11: held.fields.get(11, ""),
            41: held.fields.get(41, ""),
            17: f"X{self._next()}",
            150: exec_type,
            39: held.status,
            **{tag: held.fields[tag] for tag in ECHOED if tag in held.fields},
            14: str(held.executed),
            151: str(leaves),
            6: price_text(average.quantize(Decimal("0.000001"))),
            60: instant_text(told_at),
            **({20: "1" if exec_type == "H" else "0"} if self._version in WITH_TRANSACTION_TYPE else {}),
            **(extra or {}),
        }
        if "no_exec_type" in self.faults:
            del body[150]
        if "drops_iso" in self.faults and EXEC_INST in body:
            body[EXEC_INST] = "1"
        if "marks_long" in self.faults and body.get(54) in SHORT:
            body[54] = "2"
        self._send("8", body, now)

    def _send(self, msg_type: str, body: Mapping[int, str], at: int) -> None:
        late = LATE_NS if "late_ack" in self.faults else 0
        heapq.heappush(self._due, (at + late, self._next(), message_bytes(msg_type, body.items())))

    def _next(self) -> int:
        self._count += 1
        return self._count
