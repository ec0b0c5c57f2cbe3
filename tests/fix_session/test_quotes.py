"""`watch` over two FIX sessions, one of orders and one of market data: quotes are the reference of fills at once."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from fix_session.counterparty import Counterparty, message
from fix_session.programs import TESTS, Running, session
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.monitoring.listing import FindingFilter, list_findings
from routeproof.sources.live.framing import text_of
from routeproof.stores.commits import source_outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("quickfix", reason="QuickFIX is not installed: make test-fix")

PATIENCE_S = 120.0


@contextlib.contextmanager
def watching(folder: Path) -> Iterator[Running]:
    """A watch that serves, until the block ends; SIGTERM must end it with 0, unless the block has killed it."""
    command = [sys.executable, "-m", "routeproof", "watch", "--config", str(folder / "watch.toml"), "-w",
               str(folder / "ws")]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent / "src")}
    with (
        (folder / "talk").open("a") as talk,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=talk, text=True, env=environment) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, (folder / "talk").read_text()
            yield Running(process, {each["name"]: each for each in json.loads(line)["fix"]})
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENCE_S) == 0, (folder / "talk").read_text()
        finally:
            process.kill()


def outside(folder: Path, wanted: int) -> list[float]:
    """Dollars a share beyond the quote of each fill found so, once there are so many or patience has ended."""
    end = time.monotonic() + PATIENCE_S
    while True:
        with open_context(folder / "ws") as context:
            found = list_findings(context.records, FindingFilter(rule="outside_nbbo"), limit=100)["findings"]
        if len(found) >= wanted or time.monotonic() > end:
            return sorted(item["observed"] for item in found)
        time.sleep(0.3)


def buy(sor: Counterparty, name: str, price: str, at: str) -> None:
    """A fill of 100 KESTR bought."""
    body = (
        f"37=O{name}|11=C{name}|17={name}|150=F|39=2|55=KESTR|54=1|38=100|40=1|59=0|32=100|31={price}|30=XNAS|14=100|"
        f"151=0|6={price}|60={at}|"
    )
    sor.tell("8", body)


def requests(market: Counterparty) -> list[bytes]:
    """MarketDataRequests that came."""
    return [each for each in market.received if b"\x0135=V\x01" in each]


def connected(watch: Running, market: Counterparty, sor: Counterparty) -> None:
    """Both sessions log on."""
    assert market.connect(watch.address("market"))
    assert sor.connect(watch.address("dropcopy"))


def test_a_quote_by_fix_is_the_reference_before_and_after_a_kill(tmp_path: Path) -> None:
    """20.00 to 20.02, bought at 20.10: eight cents beyond. Killed, started again, the offer becomes 20.05: five.

    After the kill only the offer is told: that the bid is 20.00 still is known from the journal. Messages that come
    again as possible duplicates change nothing, a price that is none is refused and counted.
    """
    init_workspace(tmp_path / "ws")
    orders, quotes = session("dropcopy"), session("market", target_comp_id="MD", table="quotes")
    (tmp_path / "watch.toml").write_text(orders + quotes.replace('provider = "P"\n', ""))
    market, sor = Counterparty("MD"), Counterparty()
    body = "60=20260701-14:00:00.000|55=KESTR|268=2|269=0|270=20.00|271=500|269=1|270=20.02|271=300|"
    with watching(tmp_path) as watch:
        connected(watch, market, sor)
        market.tell("W", body)
        market.tell("X", "60=20260701-14:00:00.500|268=1|279=1|269=1|55=KESTR|270=2O.05|")
        assert market.settle(30)
        buy(sor, "E1", "20.10", "20260701-14:00:01.000")
        assert sor.settle(30)
        assert outside(tmp_path, 1) == [pytest.approx(0.08)]
        watch.process.kill()
        watch.process.wait()
    with watching(tmp_path) as watch:
        connected(watch, market, sor)
        market.send(message("W", 2, body, sender="MD", repeated=True))
        market.tell("X", "60=20260701-14:00:02.000|268=1|279=1|269=1|55=KESTR|270=20.05|271=100|")
        assert market.settle(30)
        buy(sor, "E2", "20.10", "20260701-14:00:03.000")
        assert sor.settle(30)
        assert outside(tmp_path, 2) == [pytest.approx(0.05), pytest.approx(0.08)]
    with open_context(tmp_path / "ws") as context:
        kept = context.lake.read("quotes").sort("at").select("bid", "bid_size", "ask", "ask_size")
        refused = {reason for item in source_outcomes(context.records) for reason in item.outcome["rejected"]}
    assert refused == {"not_a_number"}
    assert [tuple(None if value is None else value / 10**9 for value in row) for row in kept.rows()] == [
        (20.00, 500, 20.02, 300),
        (20.00, 500, 20.05, 100),
    ]


def test_quotes_are_asked_for_after_each_logon(tmp_path: Path) -> None:
    """The best bid and offer of two symbols, now and as they change; on another connection again, by another id."""
    init_workspace(tmp_path / "ws")
    asking = session("market", target_comp_id="MD", table="quotes", dictionary="FIX44.xml", symbols=["KESTR", "OSPREY"])
    (tmp_path / "watch.toml").write_text(asking)
    market = Counterparty("MD")
    with watching(tmp_path) as watch:
        for number in (1, 2):
            assert market.connect(watch.address("market"))
            end = time.monotonic() + PATIENCE_S
            while len(asked := requests(market)) < number and time.monotonic() < end:
                market.receive(1)
            market.close()
    groups = (
        b"\x01263=1\x01264=1\x01265=1\x01",
        b"\x01146=2\x0155=KESTR\x0155=OSPREY\x01",
        b"\x01267=2\x01269=0\x01269=1\x01",
    )
    assert [all(group in each for group in groups) for each in asked] == [True, True]
    assert len({text_of(each, 262) for each in asked}) == 2
