"""A FIX log read slowly: the plain scanner, then `Decimal`, `datetime` and `zoneinfo` for the values."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from zoneinfo import ZoneInfo

from routeproof.sources.fix.reference import scan_message
from routeproof.sources.fix.tags import FIELDS, Kind

HEAD = re.compile(rb"8=FIX[A-Z0-9.]{0,13}(\x01|\||\^A)")
INSTANT = re.compile(r"(\d{8}-\d\d:\d\d):(\d\d)(?:\.(\d+))?")
SIZES = ("order_qty", "last_qty", "cum_qty", "leaves_qty")
NEEDED = {
    "D": ("cl_ord_id", "side", "order_qty"),
    "G": ("cl_ord_id", "orig_cl_ord_id"),
    "F": ("cl_ord_id", "orig_cl_ord_id"),
    "8": ("exec_id",),
    "9": ("cl_ord_id",),
}
ORDER_KINDS = {*NEEDED, "3", "j", "AB"}


class BadValueError(ValueError):
    """A value that is not of its tag's type."""


def read_log(raw: bytes) -> tuple[list[dict[str, object]], list[tuple[int, str]]]:
    """Accepted messages as column values that are there; (byte, reason) of the others. Prices and sizes at 1e-9."""
    rows, rejects, at, after_message = [], [], 0, 0
    while (at := raw.find(b"8=FIX", at)) >= 0:
        digit = at > after_message and raw[at - 1 : at].isdigit()
        if digit and not (HEAD.match(raw, at) and re.match(rb"9=", raw[HEAD.match(raw, at).end() :])):
            at += 1
            continue
        found = scan_message(raw[at:])
        if found.outcome == "no_message":
            at += 1
            continue
        if found.outcome != "accepted":
            rejects.append((at, found.outcome))
            at += 5
            continue
        row, reason = typed(found.values)
        row["source_row"] = raw.count(b"\n", 0, at) + 1
        if reason:
            rejects.append((at, reason))
        else:
            rows.append(row)
        at = after_message = at + found.length
    return rows, rejects


def typed(found: dict[str, bytes]) -> tuple[dict[str, object], str]:
    """Typed values of a message, and why it is refused, if it is."""
    row: dict[str, object] = {}
    bad = False
    for field in FIELDS:
        if field.name not in found:
            continue
        try:
            value = value_of(found[field.name], field.kind)
        except BadValueError:
            bad = True
            continue
        if value != "":
            row[field.name] = value
    times = [row[name] for name in ("orig_sending_at", "sending_at", "transact_at") if name in row]
    if times:
        row["sent_at"] = times[0]
        row["trading_day"] = session_day(times[0])
    return row, reason_of(row, bad=bad)


def reason_of(row: dict[str, object], *, bad: bool) -> str:
    """Why a message is refused; empty if it is not."""
    kind = row.get("msg_type")
    needed = (*NEEDED.get(kind, ()), "sender", "target", "sent_at") if kind in ORDER_KINDS else ()
    fill = kind == "8" and row.get("exec_type") in ("1", "2", "F", "G") and row.get("last_qty", 0) > 0
    if kind is None:
        return "no_message_type"
    if bad:
        return "bad_value"
    if kind in ORDER_KINDS and any(row.get(name, 0) < 0 for name in SIZES):
        return "negative_quantity"
    if any(name not in row for name in (*needed, *(["last_px"] if fill else []))):
        return "missing_tag"
    return unpaid(row)


def unpaid(row: dict[str, object]) -> str:
    """Why a fill's or a correction's price can be none; empty if it can, or if the message is neither."""
    happened, transaction = row.get("exec_type", row.get("ord_status")), row.get("exec_trans_type", "0")
    executes = transaction == "2" or (transaction not in ("1", "3") and happened in ("1", "2", "F", "G"))
    if row.get("msg_type") != "8" or not executes or row.get("last_qty", 0) <= 0:
        return ""
    if row.get("multileg_type") in ("2", "3") or row.get("last_px", 1) > 0:
        return ""
    return "zero_price" if row["last_px"] == 0 else "negative_price"


def value_of(raw: bytes, kind: Kind) -> object:
    """One value; a NUL in a text is read as SUB, an empty text is no value."""
    if kind is Kind.TEXT:
        content = raw.replace(b"\x00", b"\x1a")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            return content.decode("latin-1")
    text = raw.decode("latin-1")
    if kind is Kind.INSTANT:
        return instant(text)
    if kind is Kind.WHOLE:
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise BadValueError
        return int(text)
    total = sum(decimal(part) for part in text.split("+"))  # the plain scanner joins the parts of a total with "+"
    if abs(total) >= 2**63:
        raise BadValueError
    return total


def decimal(text: str) -> int:
    """A decimal at scale 1e-9."""
    if not re.fullmatch(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)", text):
        raise BadValueError
    with localcontext() as context:
        context.prec = len(text) + 10  # so that no digit is rounded away
        scaled = Decimal(text) * 10**9
    if scaled != int(scaled) or abs(scaled) >= 2**63:
        raise BadValueError
    return int(scaled)


def instant(text: str) -> int:
    """UTC nanoseconds of a UTCTimestamp, from 1990 to 2100; what is finer is cut off."""
    found = INSTANT.fullmatch(text)
    if not found:
        raise BadValueError
    minute, second, fraction = found[1], int(found[2]), (found[3] or "").ljust(9, "0")
    try:
        at = datetime.strptime(minute, "%Y%m%d-%H:%M").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadValueError from error
    if second > 60 or not 1990 <= at.year <= 2100:
        raise BadValueError
    seconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1) + second
    return seconds * 10**9 + int(fraction[:9])


def session_day(at: int) -> date:
    """Calendar day in New York."""
    return datetime.fromtimestamp(at // 10**9, UTC).astimezone(ZoneInfo("America/New_York")).date()
