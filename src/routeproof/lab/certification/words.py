"""FIX's codes in the words of scripts and reports.

Source: FIX 4.2 to FIX 5.0 SP2, fields Side (54), OrdType (40), TimeInForce (59), ExecType (150), OrdStatus (39).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SIDE: Mapping[str, str] = {"buy": "1", "sell": "2", "sell_short": "5", "sell_short_exempt": "6"}
ORD_TYPE: Mapping[str, str] = {"market": "1", "limit": "2", "stop": "3", "stop_limit": "4", "market_on_close": "5"}
TIME_IN_FORCE: Mapping[str, str] = {
    "day": "0",
    "gtc": "1",
    "opening": "2",
    "ioc": "3",
    "fok": "4",
    "gtx": "5",
    "gtd": "6",
    "closing": "7",
}
EXEC_INSTRUCTIONS: Mapping[str, str] = {"iso": "f"}
STATUS: Mapping[str, str] = {
    "new": "0",
    "partially_filled": "1",
    "filled": "2",
    "done_for_day": "3",
    "canceled": "4",
    "replaced": "5",
    "pending_cancel": "6",
    "stopped": "7",
    "rejected": "8",
    "suspended": "9",
    "pending_new": "A",
    "calculated": "B",
    "expired": "C",
    "accepted_for_bidding": "D",
    "pending_replace": "E",
}
STATUS_WORD: Mapping[str, str] = {code: word for word, code in STATUS.items()}
ENDED = frozenset({"filled", "canceled", "rejected", "expired", "done_for_day", "calculated"})
"""States that an order does not leave by itself."""
EXEC_TYPE_WORD: Mapping[str, str] = {
    "0": "new",
    "1": "trade",
    "2": "trade",
    "3": "done_for_day",
    "4": "canceled",
    "5": "replaced",
    "6": "pending",
    "7": "stopped",
    "8": "rejected",
    "9": "suspended",
    "A": "pending",
    "B": "calculated",
    "C": "expired",
    "D": "restated",
    "E": "pending",
    "F": "trade",
    "G": "trade_correct",
    "H": "trade_cancel",
    "I": "status",
    "L": "triggered",
}
TRANSACTION_WORD: Mapping[str, str] = {"1": "trade_cancel", "2": "trade_correct", "3": "status"}
"""ExecTransType (20) of FIX 4.0 to 4.2 where it is not 0, new."""
LEFT_OUT = frozenset({"pending", "restated", "status", "triggered"})
"""Reports that change nothing about what a step expects."""
ANSWERS = frozenset({*EXEC_TYPE_WORD.values(), "cancel_rejected", "session_rejected", "business_rejected"} - LEFT_OUT)
REJECTS = frozenset({"rejected", "cancel_rejected", "session_rejected", "business_rejected"})
ACKNOWLEDGES: Mapping[str, frozenset[str]] = {
    "order": frozenset({"new", *REJECTS}),
    "replace": frozenset({"replaced", *REJECTS}),
    "cancel": frozenset({"canceled", *REJECTS}),
}
"""Answers that acknowledge what a step sends."""
