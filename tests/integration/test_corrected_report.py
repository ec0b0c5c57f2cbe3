"""A provider corrects its report: what was wrong of it is withdrawn, and the day says that it waits for that."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from governance_desk import new_desk
from routeproof.app.intake.ingest import ingest
from routeproof.app.monitoring.run_day import run_day
from routeproof.app.monitoring.staleness import stale_days
from routeproof.app.reconcile.reported import reported_orders

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context

DAY = date(2026, 7, 1)
ISO = '[time.{0}]\nunit = "iso"\n'
MAPS = {
    "quotes": '[constants]\nkind = "nbbo"\n' + ISO.format("at"),
    "parent_orders": ISO.format("received_at"),
    "executions": ISO.format("executed_at"),
    "vendor_orders": ISO.format("received_at"),
}
OURS = {
    "quotes": "symbol,at,bid,ask\nAB,2026-07-01T13:30:00Z,10.00,10.04\n",
    "parent_orders": "provider_id,order_id,symbol,side,received_at,quantity,order_type\n"
    + "".join(f"P,o{n},AB,buy,2026-07-01T14:00:0{n}Z,100,market\n" for n in (1, 2)),
    "executions": "execution_id,order_id,symbol,side,executed_at,price,quantity\n"
    + "".join(f"e{n},o{n},AB,buy,2026-07-01T14:00:0{n}.5Z,10.04,100\n" for n in (1, 2)),
}
REPORT = "provider_id,order_id,symbol,side,received_at,quantity,filled_quantity,average_price\n"
ROW = "P,o{n},AB,buy,2026-07-01T14:00:0{n}Z,100,100,{price}\n"


def taken_in(context: Context, folder: Path, table: str, text: str) -> None:
    """Take one table in as CSV."""
    (folder / "map.toml").write_text(f'table = "{table}"\n{MAPS[table]}', "utf-8")
    (folder / f"{table}.csv").write_text(text, "utf-8")
    report = ingest(context, "csv", [folder / f"{table}.csv"], map_path=folder / "map.toml")
    assert report.is_taken, report


def standing(context: Context) -> list[Any]:
    """Rule and order of the findings about the report that stand."""
    rows = context.records.query(
        "SELECT rule, order_id FROM findings WHERE withdrawn = 0 AND rule LIKE 'vendor_figure%' ORDER BY order_id"
    )
    return [tuple(row) for row in rows]


def test_a_corrected_row_stands_and_the_day_is_judged_again(tmp_path: Path) -> None:
    """Order 1 was reported a cent too dear; the second file has it right, and says nothing of order 2."""
    with new_desk(tmp_path / "w").context() as context:
        for table, text in OURS.items():
            taken_in(context, tmp_path, table, text)
        run_day(context, DAY)
        assert (standing(context), stale_days(context)) == ([], [])
        wrong = ROW.format(n=1, price="10.05") + ROW.format(n=2, price="10.05")
        taken_in(context, tmp_path, "vendor_orders", REPORT + wrong)
        assert stale_days(context) == [DAY]
        run_day(context, DAY)
        assert standing(context) == [("vendor_figure_differs", "o1"), ("vendor_figure_differs", "o2")]
        assert stale_days(context) == []
        taken_in(context, tmp_path, "vendor_orders", REPORT + ROW.format(n=1, price="10.04"))
        reported = reported_orders(context.lake, [DAY]).sort("order_id")
        assert reported["average_price"].to_list() == [10_040_000_000, 10_050_000_000]
        assert stale_days(context) == [DAY]
        run_day(context, DAY)
        assert (standing(context), stale_days(context)) == ([("vendor_figure_differs", "o2")], [])
