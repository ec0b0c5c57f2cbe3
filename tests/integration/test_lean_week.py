"""A real week of IBM through the command line: published anchors, and an own numpy computation of every day."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from program import call

if TYPE_CHECKING:
    from pathlib import Path

DAYS = ("2013-10-07", "2013-10-08", "2013-10-09", "2013-10-10", "2013-10-11")
REGULAR_BITS = 0x1 | 0x20 | 0x10000000 | 0x20000000 | 0x40000000 | 0x80000000
OPEN_MS, CLOSE_MS = 34_200_000, 57_600_000
HORIZONS_MS = {"50ms": 50, "1s": 1_000, "15s": 15_000, "60s": 60_000, "300s": 300_000}


def run(*arguments: str) -> str:
    """What a command prints; it must succeed."""
    result = call(*arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def week(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that took the week in."""
    workspace = tmp_path_factory.mktemp("lean") / "ws"
    run("init", str(workspace))
    files = sorted((shared_data / "market" / "lean_ibm_201310").glob("*.zip"))
    assert len(files) == 2 * len(DAYS)
    run("ingest", "lean", *map(str, files), "--workspace", str(workspace))
    return workspace


def rows(workspace: Path, *arguments: str) -> dict[str, dict[str, Any]]:
    """Rows of `measure --population tape --by symbol,day` by day."""
    text = run(
        "measure", "--population", "tape", "--by", "symbol,day", "--workspace", str(workspace), "--format", "json",
        *arguments,
    )  # fmt: skip
    return {row["day"]: row for row in json.loads(text)["rows"]}


def columns(path: Path) -> np.ndarray:
    """The numbers of a LEAN file's lines, with conditions read as hex and letters as nothing."""
    with zipfile.ZipFile(path) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    lines = [line.split(",") for line in io.StringIO(text).read().split()]
    numbers = [[int(cell) if i != len(line) - 2 else int(cell or "0", 16) for i, cell in enumerate(line)
                if i != len(line) - 3] for line in lines]  # fmt: skip
    return np.array(numbers, dtype=np.int64)


def carried(values: np.ndarray) -> np.ndarray:
    """Each value, or the last one that was not 0."""
    last = np.maximum.accumulate(np.where(values > 0, np.arange(values.size), -1))
    return np.where(last < 0, 0, values[last])


def expected(folder: Path, day: str, side: str) -> dict[str, float]:
    """The day's figures from the raw files; `side` is numpy's word for the tie rule."""
    name = day.replace("-", "")
    quotes, trades = columns(folder / f"{name}_quote.zip"), columns(folder / f"{name}_trade.zip")
    at, bid, ask = quotes[:, 0], carried(quotes[:, 1]), carried(quotes[:, 3])
    regular = (trades[:, 0] >= OPEN_MS) & (trades[:, 0] < CLOSE_MS)
    trades = trades[regular & (trades[:, 4] == 0) & (trades[:, 3] & ~REGULAR_BITS == 0)]
    instant, price, shares = trades[:, 0], trades[:, 1], trades[:, 2]

    def midpoint_sums(row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        b, a = np.where(row < 0, 0, bid[row]), np.where(row < 0, 0, ask[row])
        return a + b, (row >= 0) & (b > 0) & (b < a)

    row = np.searchsorted(at, instant, side) - 1
    twice, good = midpoint_sums(row)
    spread = ask[row] - bid[row]
    change = np.sign(np.diff(price, prepend=price[:1]))
    tick = change[np.maximum.accumulate(np.where(change != 0, np.arange(change.size), 0))]
    sign = np.where(good, np.sign(2 * price - twice), 0)
    sign = np.where(sign == 0, tick, sign)
    weight = shares * good
    signed = weight * (sign != 0)
    figures = {
        "executions": float(price.size),
        "executed_shares": float(shares.sum()),
        "covered_executions": float(good.sum()),
        "covered_shares": float(weight.sum()),
        "quoted_spread_usd_per_share": (weight * spread).sum() / weight.sum() / 1e4,
        "effective_spread_usd_per_share": (weight * sign * (2 * price - twice)).sum() / weight.sum() / 1e4,
        "e_over_q": (weight * sign * (2 * price - twice)).sum() / (weight * spread).sum(),
    }
    far = np.where(sign > 0, ask[row], bid[row])
    figures["price_improvement_usd_per_share"] = (signed * sign * (far - price)).sum() / signed.sum() / 1e4
    for horizon, length in HORIZONS_MS.items():
        later, usable = midpoint_sums(np.searchsorted(at, instant + length, "right") - 1)
        known = signed * (usable & (instant + length <= CLOSE_MS))
        figures[f"realized_spread_usd_per_share_{horizon}"] = (
            (known * sign * (2 * price - later)).sum() / known.sum() / 1e4
        )
        figures[f"markout_bps_{horizon}"] = (
            known * sign * (later - 2 * price) / np.where(twice == 0, 1, twice)
        ).sum() / known.sum() * 1e4  # fmt: skip
    return figures


@pytest.mark.parametrize(
    ("tie", "side"), [("strict", "left"), pytest.param("inclusive", "right", marks=pytest.mark.night)]
)
def test_every_day_equals_an_own_computation(week: Path, shared_data: Path, tie: str, side: str) -> None:
    """Integer sums in numpy over the raw files give the same figures to 1e-9, under either tie rule."""
    found = rows(week, "--tie", tie)
    assert list(found) == list(DAYS)
    for day in DAYS:
        figures = expected(shared_data / "market" / "lean_ibm_201310", day, side)
        for name, value in figures.items():
            assert found[day][name] == pytest.approx(value, rel=1e-9), (day, name)


def test_published_anchors_of_the_first_day(week: Path) -> None:
    """The numbers that the data's own description gives for 2013-10-07."""
    monday = rows(week, "--from", "2013-10-07", "--to", "2013-10-07")["2013-10-07"]
    assert monday["executions"] == 24_042
    assert monday["covered_executions"] == 23_746
    assert monday["covered_shares"] == 3_525_549
    assert monday["quoted_spread_usd_per_share"] == pytest.approx(0.040807, abs=5e-7)
    assert monday["effective_spread_usd_per_share"] == pytest.approx(0.031517, abs=5e-7)
    assert monday["e_over_q"] == pytest.approx(0.772339, abs=5e-7)
    assert monday["realized_spread_usd_per_share_300s"] == pytest.approx(0.006292, abs=5e-7)
    assert rows(week, "--tie", "inclusive")["2013-10-07"]["e_over_q"] == pytest.approx(0.6675817, abs=5e-8)


def test_the_week_is_the_sum_of_its_days(week: Path) -> None:
    """One row over all days: counts add up, averages are ratios of the days' sums."""
    days = rows(week)
    whole = json.loads(
        run("measure", "--population", "tape", "--workspace", str(week), "--format", "json")
    )["rows"][0]  # fmt: skip
    assert whole["executions"] == sum(row["executions"] for row in days.values())
    quoted = sum(row["quoted_spread_usd_per_share"] * row["covered_shares"] for row in days.values())
    effective = sum(row["effective_spread_usd_per_share"] * row["covered_shares"] for row in days.values())
    assert whole["e_over_q"] == pytest.approx(effective / quoted, rel=1e-9)


def test_the_tape_has_no_receipt(week: Path) -> None:
    """A mix that compares different things is refused with exit code 5 and a reason."""
    result = call("measure", "--population", "tape", "--benchmark", "receipt", "--workspace", str(week))
    assert result.returncode == 5
    assert "execution" in result.stderr
