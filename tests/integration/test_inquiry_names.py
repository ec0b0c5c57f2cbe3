"""An inquiry names an order or a fill as the customer has it: by ClOrdID or ExecID, out of the messages of a FIX log.

Customers' ClOrdIDs: `lone` on 1 July; `twice` on 1 and on 2 July, for KESTR and for GORSE. The provider sends `lone` on
to the venue as `c1`; the venue reports the fill as `x1`, the provider as `e1`. `e2` is a fill of each `twice`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from live_streams import framed
from routeproof.app.cases.case_listing import CaseFilter, list_cases
from routeproof.app.cases.work_cases import open_case
from routeproof.app.intake.ingest import ingest
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

MAP = '[parties]\nfirm = ["FIRM"]\nprovider = ["P"]\nvenue = ["XNAS"]\n'
# Sender and target, day and time (UTC), ClOrdID, symbol, and the fields that matter.
LOG = """
FIRM P    20260701-14:00:00     lone  KESTR D 38=100
P    FIRM 20260701-14:00:00.010 lone  KESTR 0 17=a1
P    XNAS 20260701-14:00:00.020 c1    KESTR D 38=100 526=lone
XNAS P    20260701-14:00:00.030 c1    KESTR 0 17=a2
XNAS P    20260701-14:00:00.040 c1    KESTR F 32=100 31=10.04 17=x1
P    FIRM 20260701-14:00:00.050 lone  KESTR F 32=100 31=10.04 17=e1 527=x1
FIRM P    20260701-15:00:00     twice KESTR D 38=100
P    FIRM 20260701-15:00:00.010 twice KESTR F 32=100 31=10.04 17=e2
FIRM P    20260702-15:00:00     twice GORSE D 38=100
P    FIRM 20260702-15:00:00.010 twice GORSE F 32=100 31=20.04 17=e2
"""


def _messages() -> list[bytes]:
    found = []
    for sequence, line in enumerate(LOG.strip().splitlines(), start=1):
        sender, target, at, name, symbol, kind, *rest = line.split()
        head = {"35": "D" if kind == "D" else "8", "49": sender, "56": target, "34": str(sequence), "52": at}
        terms = {"11": name, "55": symbol, "54": "1", "40": "1", "59": "0", "60": at}
        own = dict(part.split("=", 1) for part in rest)
        if kind != "D":
            done = own.get("32", "0")
            state = {"150": kind, "39": "0" if kind == "0" else "2", "14": done, "151": "0", "6": "0"}
            terms |= {"37": f"O{name}", "38": "100", **state} | ({"30": "XNAS"} if "32" in own else {})
        found.append(framed([f"{tag}={value}" for tag, value in (head | terms | own).items()]))
    return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace that took the log in; every test opens cases of its own names."""
    folder: Path = tmp_path_factory.mktemp("inquiries")
    made = new_desk(folder / "workspace")
    (folder / "day.log").write_bytes(b"\n".join(_messages()) + b"\n")
    (folder / "fix.toml").write_text(MAP, "utf-8")
    with made.context() as context:
        ingest(context, "fix-log", [folder / "day.log"], provider_id="P", map_path=folder / "fix.toml")
    return made


def _opened(desk: Desk, name: str, **said: str) -> dict[str, Any]:
    with desk.context("ann") as context:
        return open_case(context, name, {"kind": "inquiry", "title": "Why this price?", **said})


def _orders(desk: Desk) -> dict[str, str]:
    """Our identity of the customer's orders, by symbol and day."""
    with desk.context() as context:
        rows = context.lake.read("parent_orders").select("symbol", "trading_day", "order_id").iter_rows()
        return {f"{symbol} {day}": order for symbol, day, order in rows}


@pytest.mark.parametrize(
    ("name", "said", "subject"),
    [
        ("by-order", {"order_id": "lone"}, "ClOrdID lone"),
        ("by-route", {"order_id": "c1"}, "ClOrdID c1"),
        ("by-fill", {"execution_id": "e1"}, "ExecID e1"),
        ("by-report-of-the-venue", {"execution_id": "x1"}, "ExecID x1"),
    ],
)
def test_the_name_that_the_customer_has_finds_the_order(
    desk: Desk, name: str, said: dict[str, str], subject: str
) -> None:
    """Whichever hop named it; the case is of the order's provider, day and symbol, and lists find it by all of them."""
    case = _opened(desk, name, **said)
    with desk.context() as context:
        found = context.lake.read("parent_orders", [date(2026, 7, 1)]).sort("received_at")["order_id"][0]
        text = CaseFilter(provider="P", text=f"{subject} KESTR")
        listed = list_cases(context.records, text, context.clock())["items"]
    assert (case["orders"], case["subject"]) == ([found], subject)
    assert (case["provider"], case["day"], case["symbol"]) == ("P", "2026-07-01", "KESTR")
    assert len(case["evidence"]) == 1
    assert name in {item["id"] for item in listed}


def test_a_name_of_several_orders_lists_them_and_what_is_said_besides_chooses(desk: Desk) -> None:
    """`twice` and its `e2` stand for two orders; the day or the symbol tells which, our own identity always does."""
    gorse = _orders(desk)["GORSE 2026-07-02"]
    for said, where in (({"order_id": "twice"}, "order_id"), ({"execution_id": "e2"}, "execution_id")):
        with pytest.raises(UsageError) as refused:
            _opened(desk, "several", **said)
        assert refused.value.where == where
        assert f"found 2 named '{said[where]}'" in refused.value.message
        assert f"{gorse} (2026-07-02, GORSE)" in refused.value.message
        assert "(2026-07-01, KESTR)" in refused.value.message
    assert _opened(desk, "of-the-day", order_id="twice", day="2026-07-02")["orders"] == [gorse]
    assert _opened(desk, "of-the-symbol", execution_id="e2", symbol="GORSE")["orders"] == [gorse]
    own = _opened(desk, "our-own", order_id=gorse)
    assert (own["orders"], own["symbol"], own["subject"]) == ([gorse], "GORSE", None)


@pytest.mark.parametrize("said", [{"order_id": "lonely"}, {"execution_id": "e9"}])
def test_a_name_that_nothing_has_is_refused(desk: Desk, said: dict[str, str]) -> None:
    """And says what to do."""
    with pytest.raises(UsageError, match=r"found none named '(lonely|e9)': take its files in first"):
        _opened(desk, "nobody", **said)
