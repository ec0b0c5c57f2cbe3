"""Fills that carry their order's terms bring the order with them."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

import routeproof as rp
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.ingest import ingest

MAP = """
table = "executions"
[columns]
execution_id = "fill"
order_id = "order"
symbol = "sym"
side = "bs"
executed_at = "exec"
price = "px"
quantity = "sh"
received_at = "recv"
order_type = "type"
limit_price = "limit"
order_quantity = "size"
held = "held"
[time.executed_at]
unit = "us"
[time.received_at]
unit = "iso"
zone = "America/New_York"
[values.side]
B = "buy"
[values.held]
Y = "true"
N = "false"
"""
QUOTES = "symbol,at,bid,ask\nABC,2026-07-01T13:30:00Z,10.00,10.02\nABC,2026-07-01T13:30:05Z,10.01,10.05\n"
# 09:30:01 in New York is 1782912601 s; the two fills of A are 250 and 750 ms later, the one of B 100 ms.
FILLS = [
    ("F1", "A", "ABC", "B", 1_782_912_601_250_000, "10.015", 100, "2026-07-01 09:30:01", "limit", "10.02", 400, "Y"),
    ("F2", "A", "ABC", "B", 1_782_912_601_750_000, "10.02", 100, "2026-07-01 09:30:01", "limit", "10.02", 400, "Y"),
    ("F3", "B", "ABC", "B", 1_782_912_601_100_000, "10.02", 50, "2026-07-01 09:30:01", "market", "", 50, "N"),
]
NAMES = ("fill", "order", "sym", "bs", "exec", "px", "sh", "recv", "type", "limit", "size", "held")


def delivered(rows: list[tuple[object, ...]]) -> bytes:
    """The rows as a vendor's CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(NAMES)
    writer.writerows(rows)
    return text.getvalue().encode()


@pytest.mark.parametrize("files", [[FILLS], [FILLS[:1], FILLS[1:]], [FILLS[::-1], FILLS[:2]]])
def test_orders_that_stand_on_their_fills_are_measured_once(
    tmp_path: Path, files: list[list[tuple[object, ...]]]
) -> None:
    """However the fills are split over files: two orders, 200 of 400 and 50 of 50 shares, clocks at the receipts."""
    init_workspace(tmp_path / "ws", firm_id="ACME")
    (tmp_path / "fills.toml").write_text(MAP, encoding="utf-8")
    (tmp_path / "quotes.toml").write_text('table = "quotes"\n[time.at]\nunit = "iso"\n', encoding="utf-8")
    (tmp_path / "quotes.csv").write_text(QUOTES, encoding="utf-8")
    with open_context(tmp_path / "ws", clock=lambda: 1_783_000_000_000_000_000) as context:
        ingest(context, "csv", [tmp_path / "quotes.csv"], map_path=tmp_path / "quotes.toml")
        for number, fills in enumerate(files):
            path = tmp_path / f"{number}.csv"
            path.write_bytes(delivered(fills))
            report = ingest(context, "csv", [path], map_path=tmp_path / "fills.toml")
            assert (report.received, report.accepted) == (len(fills), len(fills))
    rows = rp.Workspace(tmp_path / "ws").measure(by=["order_class"]).rows
    found = {row["order_class"]: row for row in rows.to_dicts()}
    limit, other = found["marketable_limit"], found["not_held"]
    assert (limit["orders"], limit["executions"], limit["fill_rate_shares"]) == (1, 2, 0.5)
    assert (other["orders"], other["executions"], other["fill_rate_shares"]) == (1, 1, 1.0)
    assert limit["time_to_execution_ms_avg"] == 500
    assert limit["price_improvement_usd_per_share"] == pytest.approx(0.0025, abs=1e-12)


def test_a_group_of_orders_without_fills_has_no_shares_rather_than_an_unknown_number(tmp_path: Path) -> None:
    """Zero executions are zero shares, covered or not; what is measured on them is null."""
    init_workspace(tmp_path / "ws", firm_id="ACME")
    (tmp_path / "orders.toml").write_text(
        'table = "parent_orders"\n[time.received_at]\nunit = "iso"\n', encoding="utf-8"
    )
    (tmp_path / "orders.csv").write_text(
        "order_id,symbol,side,received_at,quantity,order_type\nA,ABC,buy,2026-07-01T14:00:00Z,100,market\n",
        encoding="utf-8",
    )
    with open_context(tmp_path / "ws", clock=lambda: 1_783_000_000_000_000_000) as context:
        ingest(context, "csv", [tmp_path / "orders.csv"], map_path=tmp_path / "orders.toml")
    (row,) = rp.Workspace(tmp_path / "ws").measure(by=["symbol"]).rows.to_dicts()
    assert (row["orders"], row["executions"]) == (1, 0)
    assert (row["executed_shares"], row["covered_shares"], row["excluded_shares"]) == (0, 0, 0)
    assert row["coverage"] is None


VERSIONS = "order_id,version,effective_at,event,quantity,requested_by\n"


@pytest.mark.parametrize("asker", ["", "customer"])
@pytest.mark.parametrize("first", ["orders", "versions"])
def test_a_file_of_versions_beside_inline_orders_says_the_same_of_the_original(
    tmp_path: Path, asker: str, first: str
) -> None:
    """Whoever asked is empty or named, whichever came first: the original is known, and only the cancel is new."""
    init_workspace(tmp_path / "ws", firm_id="ACME")
    texts = {
        "orders": "order_id,symbol,side,received_at,quantity\nA,ABC,buy,2026-07-01T14:00:00Z,100\n",
        "versions": f"{VERSIONS}A,1,2026-07-01T14:00:00Z,new,100,{asker}\nA,1,2026-07-01T14:01:00Z,cancel,100,\n",
    }
    maps = {"orders": ("parent_orders", "received_at"), "versions": ("order_versions", "effective_at")}
    with open_context(tmp_path / "ws", clock=lambda: 1_783_000_000_000_000_000) as context:
        for name in (first, *(other for other in texts if other != first)):
            table, instant = maps[name]
            map_path, path = tmp_path / f"{name}.toml", tmp_path / f"{name}.csv"
            map_path.write_text(f'table = "{table}"\n[time.{instant}]\nunit = "iso"\n', encoding="utf-8")
            path.write_text(texts[name], encoding="utf-8")
            assert not ingest(context, "csv", [path], map_path=map_path).rejected
        rows = context.lake.read("order_versions", [date(2026, 7, 1)])
    said = rows.select("event", "requested_by").sort("event").rows()
    assert said == [("cancel", ""), ("new", "customer")]
