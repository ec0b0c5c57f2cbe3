"""A first guess at the map of a delimited file: columns by their names, units of time by their values.

A guess is shown to somebody who knows the file, and is never used without them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from routeproof.sources.map_file import REPORT_NAMES, writable_columns
from routeproof.tables.registry import TABLES
from routeproof.vocab.words import SIDES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from routeproof.tables.schema import Column

EQUITY_ZONE = "America/New_York"
SYNONYMS: dict[str, tuple[str, ...]] = {
    "symbol": ("ticker", "sym", "security", "securityid", "instrument", "stock", "root", "symbolroot", "55"),
    "at": (
        "time", "timestamp", "ts", "datetime", "quotetime", "tradetime", "eventtime", "siptimestamp",
        "participanttimestamp", "exchangetimestamp", "tsevent",
    ),
    "bid": ("bidprice", "bidpx", "bestbid", "bestbidprice", "nbb", "bp"),
    "ask": ("askprice", "askpx", "offer", "offerprice", "ofr", "bestask", "bestoffer", "bestaskprice", "nbo", "ap"),
    "bid_size": ("bidsize", "bidqty", "bidsz", "bidshares", "bestbidsize", "bs"),
    "ask_size": ("asksize", "askqty", "asksz", "askshares", "offersize", "ofrsiz", "ofrsize", "bestasksize", "as"),
    "price": ("px", "lastpx", "lastprice", "tradeprice", "executionprice", "execprice", "fillprice", "31"),
    "quantity": (
        "qty", "size", "shares", "volume", "orderqty", "lastqty", "lastshares", "execqty", "fillqty", "tradesize", "32",
        "38",
    ),
    "venue": ("exchange", "mic", "lastmkt", "market", "exch", "exdestination", "executionvenue", "30"),
    "side": ("buysell", "bs", "orderside", "54"),
    "executed_at": ("transacttime", "exectime", "executiontime", "filltime", "tradetime", "timestamp", "time", "60"),
    "received_at": ("receivedtime", "receipttime", "ordertime", "entrytime", "timestamp", "time"),
    "order_id": ("orderid", "parentorderid", "clientorderid", "clordid", "11", "37"),
    "client_order_id": ("clordid", "clientorderid", "11"),
    "execution_id": ("execid", "fillid", "tradeid", "17"),
    "limit_price": ("limitpx", "limit", "limitprice", "44"),
    "order_type": ("ordtype", "type", "40"),
    "time_in_force": ("tif", "59"),
    "account_id": ("account", "acct", "1"),
    "conditions": ("salecondition", "saleconditions", "cond", "condition"),
}  # fmt: skip
"""What vendors, FIX and FIX's tag numbers call a canonical column, in lower case and without punctuation."""

RECODINGS: dict[str, dict[str, str]] = {
    "side": {
        **dict.fromkeys(("b", "buy", "1", "bot", "bought", "by"), SIDES[0]),
        **dict.fromkeys(("s", "sell", "2", "sl", "sld", "sold", "sellplus"), SIDES[1]),
        **dict.fromkeys(("ss", "sellshort", "5", "short"), SIDES[2]),
        **dict.fromkeys(("sse", "sellshortexempt", "6", "se"), SIDES[3]),
    },
    "order_type": {
        **dict.fromkeys(("1", "mkt", "m"), "market"),
        **dict.fromkeys(("2", "lmt", "l"), "limit"),
        **dict.fromkeys(("3", "stp"), "stop"),
        **dict.fromkeys(("4", "stplmt"), "stop_limit"),
        "p": "pegged",
    },
    "time_in_force": {"0": "day", "1": "gtc", "2": "at_the_open", "3": "ioc", "4": "fok", "6": "gtd"},
}
"""What others write for a word of a fixed vocabulary."""

_EPOCH_DIGITS = {10: "s", 13: "ms", 16: "us", 19: "ns"}
"""Digits of an instant since 1970, of the years 2001 to 2286."""
_CLOCK = re.compile(r"\d{2}:\d{2}")
_OFFSET = re.compile(r"(Z|z|[+-]\d{2}:?\d{2})$")
_PLAIN = re.compile(r"[^a-z0-9]")


def guessed_map(table: str, names: Sequence[str], rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """A map's document as far as names and values tell.

    Args:
        table: canonical table that the file is to be.
        names: columns of the file, in order.
        rows: some of its rows, source column to text.

    Returns:
        `table`, `columns`, `time` and `values`, as a map file has them; what nothing points to is not in it.
    """
    columns = _columns(table, names)
    known = {column.name: column for column in TABLES[table].all_columns}
    times, recodings = {}, {}
    for name, source in columns.items():
        texts = [row[source].strip() for row in rows if row.get(source, "").strip()]
        if name in known and known[name].kind == "instant":
            times[name] = guessed_time(texts)
        elif recoding := _recoding(name, known.get(name), texts):
            recodings[name] = recoding
    sections = {"columns": columns, "time": {name: time for name, time in times.items() if time}, "values": recodings}
    return {"table": table, **{name: section for name, section in sections.items() if section}}


def guessed_time(texts: Iterable[str]) -> dict[str, str]:
    """Unit, and zone of local times, of an instant that is written so; empty if it looks like none."""
    first = next(iter(texts), "")
    whole = first.split(".", 1)[0]
    if whole.isdigit():
        unit = _EPOCH_DIGITS.get(len(whole), "")
        return {"unit": unit} if unit else {}
    if not _CLOCK.search(first):
        return {}
    return {"unit": "iso"} if _OFFSET.search(first) else {"unit": "iso", "zone": EQUITY_ZONE}


def _columns(table: str, names: Sequence[str]) -> dict[str, str]:
    """Canonical name to source column; each source column stands once, and the surest claim has it."""
    plain = {_plain(name): name for name in reversed(names)}
    found: dict[str, str] = {}
    taken: set[str] = set()
    wanted = writable_columns(table)
    for claims in ({name: (name,) for name in wanted}, _reported(table), SYNONYMS):
        for name in wanted:
            match = next((plain[key] for key in map(_plain, claims.get(name, ())) if key in plain), None)
            if name not in found and match is not None and match not in taken:
                found[name] = match
                taken.add(match)
    return {name: found[name] for name in wanted if name in found}


def _reported(table: str) -> dict[str, tuple[str, ...]]:
    """Names of a provider's report, by canonical column."""
    said: dict[str, tuple[str, ...]] = {}
    for theirs, ours in REPORT_NAMES.get(table, {}).items():
        said[ours] = (*said.get(ours, ()), theirs)
    return said


def _recoding(name: str, column: Column | None, texts: Sequence[str]) -> dict[str, str]:
    """Texts of a fixed vocabulary that are not its words, and what they seem to mean."""
    if column is None or not column.words:
        return {}
    known = RECODINGS.get(name, {})
    met = dict.fromkeys(texts)
    return {text: known[_plain(text)] for text in met if _plain(text) in known and text.lower() not in column.words}


def _plain(name: str) -> str:
    return _PLAIN.sub("", name.lower())
