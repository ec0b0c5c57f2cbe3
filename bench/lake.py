"""The vendor's files taken into a workspace by the program's own ingest, day by day, with what that costs."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from bench.meter import Meter
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.ingest import ingest

if TYPE_CHECKING:
    from pathlib import Path

MAPS = {
    "quotes": """table = "quotes"
[columns]
symbol = "symbol"
at = "ts"
bid = "bid"
ask = "ask"
bid_size = "bid_size"
ask_size = "ask_size"
[time.at]
unit = "ns"
""",
    "orders": """table = "parent_orders"
[columns]
order_id = "order_id"
symbol = "symbol"
side = "side"
order_type = "order_type"
limit_price = "limit_price"
quantity = "quantity"
received_at = "received_at"
[time.received_at]
unit = "ns"
""",
    "fills": """table = "executions"
[columns]
execution_id = "execution_id"
order_id = "order_id"
symbol = "symbol"
side = "side"
executed_at = "executed_at"
price = "price"
quantity = "quantity"
venue = "venue"
[time.executed_at]
unit = "ns"
""",
}


def build_lake(folder: Path) -> dict[str, float]:
    """Ingest everything in `folder/vendor` into `folder/workspace` once; returns the meter of doing it."""
    workspace, done = folder / "workspace", folder / "ingest.json"
    if done.exists():
        return dict(json.loads(done.read_text()))
    maps = folder / "maps"
    maps.mkdir(exist_ok=True)
    for name, text in MAPS.items():
        (maps / f"{name}.toml").write_text(text)
    init_workspace(workspace)
    meter = Meter(time.perf_counter)
    for name in MAPS:
        for path in sorted((folder / "vendor").glob(f"{name}-*.parquet")):
            with open_context(workspace) as context:
                report = ingest(context, "parquet", [path], map_path=maps / f"{name}.toml", provider_id="P")
            if not report.is_taken:
                message = f"expected {path.name} to be taken in, found {report}"
                raise RuntimeError(message)
    figures = meter.read() | {"lake_bytes": float(sum(p.stat().st_size for p in workspace.rglob("lake/**/*.parquet")))}
    done.write_text(json.dumps(figures))
    return figures
