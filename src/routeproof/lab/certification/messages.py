"""The messages of a script's steps, as the session engine takes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from routeproof.lab.certification.words import EXEC_INSTRUCTIONS, ORD_TYPE, SIDE, TIME_IN_FORCE
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from routeproof.lab.certification.script import Instrument, Script, Step

SOH = "\x01"
MSG_TYPE = {"order": "D", "replace": "G", "cancel": "F"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as it was sent, or as a replace asks it to be.

    Attributes:
        step: that sent it first.
        instrument: traded.
        side, order_type, time_in_force: words of scripts; the last may be null, and then it is a day order.
        quantity: shares.
        limit, stop: USD per share; null where there is none.
        iso: intermarket sweep.
        cl_ord_ids: of the order and of each replace and cancel of it, oldest first.
    """

    step: str
    instrument: Instrument
    side: str
    order_type: str
    quantity: int
    limit: Decimal | None
    stop: Decimal | None
    time_in_force: str | None
    iso: bool
    cl_ord_ids: tuple[str, ...] = field(default=())

    @property
    def sign(self) -> int:
        """+1 for a buy, -1 for a sell."""
        return 1 if self.side == "buy" else -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What tells a test order from any other.

    Attributes:
        text: Text (58).
        account: Account (1).
    """

    text: str
    account: str


def order_of(script: Script, step: Step, before: Order | None) -> Order:
    """The order that a step makes, or changes."""
    if before is not None:
        priced = before.instrument
        return Order(
            step=before.step,
            instrument=priced,
            side=step.side or before.side,
            order_type=step.order_type or before.order_type,
            quantity=before.quantity if step.quantity is None else step.quantity,
            limit=before.limit if step.limit_ticks is None else priced.at(step.limit_ticks),
            stop=before.stop if step.stop_ticks is None else priced.at(step.stop_ticks),
            time_in_force=step.time_in_force or before.time_in_force,
            iso=before.iso,
            cl_ord_ids=before.cl_ord_ids,
        )
    assert step.instrument is not None and step.side is not None  # noqa: S101, PT018  # the script holds it
    assert step.order_type is not None and step.quantity is not None  # noqa: S101, PT018  # the script holds it
    priced = script.instruments[step.instrument]
    return Order(
        step=step.id,
        instrument=priced,
        side=step.side,
        order_type=step.order_type,
        quantity=step.quantity,
        limit=None if step.limit_ticks is None else priced.at(step.limit_ticks),
        stop=None if step.stop_ticks is None else priced.at(step.stop_ticks),
        time_in_force=step.time_in_force,
        iso=step.iso,
    )


def message_of(step: Step, order: Order, cl_ord_id: str, marks: Marks, now: int) -> bytes:
    """The step's message: MsgType and body, in fields that FIX 4.2 to 5.0 SP2 share; the engine adds the session's.

    Args:
        step: what is sent.
        order: as the step asks it to be.
        cl_ord_id: of this message.
        marks: what marks it as a test.
        now: UTC ns of the sending.
    """
    fields = dict(_fields(step, order, cl_ord_id, marks, now))
    for tag, value in step.fields.items():
        fields[int(tag)] = value
    return message_bytes(MSG_TYPE[step.send], fields.items())


def message_bytes(msg_type: str, fields: Iterable[tuple[int, str]]) -> bytes:
    """A message of the engine's form: what stands in the header beside MsgType is the engine's."""
    body = "".join(f"{tag}={value}{SOH}" for tag, value in ((35, msg_type), *fields) if value)
    head = f"8=FIX.4.4{SOH}9={len(body)}{SOH}{body}"
    return f"{head}10={sum(head.encode()) % 256:03d}{SOH}".encode()


def cancel_of(order: Order, cl_ord_id: str, marks: Marks, now: int) -> bytes:
    """A cancel of an order that a script left open."""
    return message_bytes("F", _named(order, cl_ord_id, marks, now, is_order=False))


def price_text(price: Decimal) -> str:
    """A price as FIX writes it: plain digits, no exponent."""
    return format(price.normalize(), "f")


def instant_text(at: int) -> str:
    """UTC ns as a UTCTimestamp with milliseconds."""
    moment = datetime.fromtimestamp(at // NS_PER_S, UTC)
    return f"{moment:%Y%m%d-%H:%M:%S}.{at % NS_PER_S // 1_000_000:03d}"


def _named(order: Order, cl_ord_id: str, marks: Marks, now: int, *, is_order: bool) -> list[tuple[int, str]]:
    before = "" if is_order else order.cl_ord_ids[-1]
    return [
        (41, before),
        (11, cl_ord_id),
        (1, marks.account),
        (55, order.instrument.symbol),
        (54, SIDE[order.side]),
        (38, str(order.quantity)),
        (58, marks.text),
        (60, instant_text(now)),
    ]


def _fields(step: Step, order: Order, cl_ord_id: str, marks: Marks, now: int) -> list[tuple[int, str]]:
    fields = _named(order, cl_ord_id, marks, now, is_order=step.send == "order")
    if step.send == "cancel":
        return fields
    located = {None: "", True: "N", False: "Y"}[step.located]
    return [
        *fields,
        (21, "1"),
        (40, ORD_TYPE[order.order_type]),
        (44, "" if order.limit is None else price_text(order.limit)),
        (99, "" if order.stop is None else price_text(order.stop)),
        (59, TIME_IN_FORCE[order.time_in_force] if order.time_in_force else ""),
        (18, EXEC_INSTRUCTIONS["iso"] if order.iso else ""),
        (126, _expiry(step, now)),
        (114, located),
        (110, "" if step.min_quantity is None else str(step.min_quantity)),
        (111, "" if step.display_quantity is None else str(step.display_quantity)),
        (100, step.destination or ""),
    ]


def _expiry(step: Step, now: int) -> str:
    if step.expires_in_s is None:
        return ""
    moment = datetime.fromtimestamp(now // NS_PER_S, UTC) + timedelta(seconds=step.expires_in_s)
    return f"{moment:%Y%m%d-%H:%M:%S}"
