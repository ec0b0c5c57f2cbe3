"""Random flow as frames, from memory or taken into a workspace, and the 605 sums of it."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from oracle.random_flow import DAYS, FIXED, Dice, frame, random_flow, random_market
from routeproof.app.disclosure.report605_sums import Month605, Sums605, month_sums
from routeproof.app.measuring.frame_source import FrameSource
from routeproof.app.measuring.measure_frames import canonical_flow
from routeproof.app.shipped_rules import shipped_rules
from routeproof.cli.main import main
from routeproof.metrics.rule605.judged import Reporter
from routeproof.reports.rule605.files import Header605, detailed_file
from routeproof.stores.shipped_policy import load_report605_policy
from routeproof.tables.intake.coerce import coerce
from routeproof.tables.registry import TABLES
from routeproof.vocab.fixed import to_decimal

if TYPE_CHECKING:
    from pathlib import Path

FIRST, LAST = DAYS[0].replace(day=1), DAYS[0].replace(day=30)
NAMES = {
    "quotes": "quotes",
    "trades": "trades",
    "parent_orders": "orders",
    "order_versions": "versions",
    "routes": "routes",
    "executions": "executions",
}


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def call(*arguments: str) -> Done:
    """The program, whatever comes of it; in this process, which has loaded everything."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def frames_of(seed: int, orders: int = 60) -> dict[str, pl.DataFrame]:
    """Random flow as frames, by canonical table."""
    dice = Dice(seed)
    market, flow = random_market(dice), random_flow(dice, orders)
    rows = flow | {"quotes": market.quotes, "trades": market.trades}
    return {table: frame(rows[name]) for table, name in NAMES.items()}


def source_of(frames: dict[str, pl.DataFrame]) -> FrameSource:
    """The frames as a source of days."""
    tables = canonical_flow(frames["executions"], frames["parent_orders"], frames["order_versions"])
    tables |= {name: coerce(frames[name], TABLES[name], where=name) for name in ("routes", "trades", "quotes")}
    return FrameSource(tables, tables["quotes"])


def sums_of(source: Any) -> Sums605:  # noqa: ANN401 - either source
    """The month's sums."""
    month = Month605(
        days=(FIRST, LAST),
        reporting=load_report605_policy().on(FIRST),
        reporter=Reporter(code="FIRM"),
        rules=shipped_rules(),
    )
    return month_sums(source, source.days(), month)


def file_of(sums: Sums605) -> bytes:
    """The detailed file of the sums."""
    header = Header605(participant="T", reporter="FIRM", month=f"{FIRST:%Y%m}")
    return detailed_file(header, sums.rows, sums.metrics, load_report605_policy().on(FIRST)).content


def write_csv(content: pl.DataFrame, path: Path) -> None:
    """The frame as a file would have it: decimals as text."""
    text = {
        name: [None if value is None else f"{to_decimal(value):f}" for value in content[name]]
        for name in content.columns
        if name in FIXED
    }
    content.with_columns(**{name: pl.Series(v, dtype=pl.String) for name, v in text.items()}).write_csv(path)


def workspace_of(folder: Path, frames: dict[str, pl.DataFrame]) -> Path:
    """A workspace that took the frames in, orders and fills in two halves."""
    assert call("init", str(folder / "ws")).returncode == 0
    for table, content in frames.items():
        instants = "".join(f'[time.{name}]\nunit = "ns"\n' for name in content.columns if name.endswith("at"))
        (folder / f"{table}.toml").write_text(f'table = "{table}"\n{instants}', "utf-8")
        half = content.height // 2 if table in {"parent_orders", "executions"} else 0
        for number, part in enumerate((content[half:], content[:half]) if half else (content,)):
            path = folder / f"{table}-{number}.csv"
            write_csv(part, path)
            done = call("ingest", "csv", str(path), "--map", str(folder / f"{table}.toml"), "-w", str(folder / "ws"))
            assert done.returncode == 0, done.stderr
    return folder / "ws"
