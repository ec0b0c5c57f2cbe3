"""A small workspace with people and three orders whose every figure can be worked by hand."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from routeproof.app.context import open_context
from routeproof.app.intake.ingest import ingest
from web_client import staffed_workspace

if TYPE_CHECKING:
    from pathlib import Path

MAP = """
table = "executions"
[time.executed_at]
unit = "us"
[time.received_at]
unit = "iso"
zone = "America/New_York"
"""
QUOTES = "symbol,at,bid,ask\nABC,2026-07-01T13:30:00Z,10.00,10.02\nABC,2026-07-01T13:30:05Z,10.01,10.05\n"
NAMES = [
    "execution_id",
    "order_id",
    "symbol",
    "side",
    "executed_at",
    "price",
    "quantity",
    "venue",
    "received_at",
    "order_type",
    "limit_price",
    "order_quantity",
    "provider_id",
]
FORMULA = '=HYPERLINK("http://x.example","y")'
# 09:30:01 in New York on 1 July is 1782912601 s. A: 250 and 750 ms later; B: 100 ms. OLD is of the day before.
_A = ("2026-07-01 09:30:01", "limit", "10.02", 400, "P1")
_B = ("2026-07-01 09:30:01", "market", "", 50, "P1")
_OLD = ("2026-06-30 09:30:01", "market", "", 50, "P1")
FILLS = [
    ("F1", "A", "ABC", "buy", 1_782_912_601_250_000, "10.015", 100, "XNAS", *_A),
    ("F2", "A", "ABC", "buy", 1_782_912_601_750_000, "10.02", 100, "ARCX", *_A),
    ("F3", "B", "ABC", "buy", 1_782_912_601_100_000, "10.03", 50, FORMULA, *_B),
    ("F4", "OLD", "ABC", "buy", 1_782_826_201_100_000, "10.02", 50, "XNAS", *_OLD),
]


def measured_workspace(root: Path, files: Path) -> Path:
    """The workspace, with one person per role."""
    staffed_workspace(root)
    files.mkdir()
    (files / "fills.toml").write_text(MAP, encoding="utf-8")
    (files / "quotes.toml").write_text('table = "quotes"\n[time.at]\nunit = "iso"\n', encoding="utf-8")
    (files / "quotes.csv").write_text(QUOTES, encoding="utf-8")
    with (files / "fills.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(NAMES)
        writer.writerows(FILLS)
    with open_context(root, clock=lambda: 1_783_000_000_000_000_000) as context:
        ingest(context, "csv", [files / "quotes.csv"], map_path=files / "quotes.toml")
        report = ingest(context, "csv", [files / "fills.csv"], map_path=files / "fills.toml")
        assert report.accepted == len(FILLS)
    return root
