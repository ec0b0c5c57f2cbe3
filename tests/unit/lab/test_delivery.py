"""Files are a function of the configuration."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from routeproof.lab.config import LabConfig, Planted, Provider
from routeproof.lab.delivery import write_delivery
from routeproof.lab.presets import certify, demo, one_fault, stressed, with_prior
from routeproof.lab.simulate import simulate_day
from routeproof.vocab.errors import UsageError

TINY = LabConfig(
    seed=3,
    first=date(2026, 7, 1),
    last=date(2026, 7, 8),
    prior_sessions=1,
    orders_per_day=120,
    quotes_per_day=6_000,
    providers=(Provider("P1"), Provider("P2", planted=(Planted("fade", 0.4),))),
    halt_on=date(2026, 7, 2),
    broken_delivery_on=date(2026, 7, 6),
    late_delivery_on=date(2026, 7, 7),
)


def digests(folder: Path) -> dict[str, str]:
    """Relative path to SHA-256 of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small delivery with every irregularity."""
    out = tmp_path_factory.mktemp("delivered")
    write_delivery(TINY, out)
    return out


def test_the_same_seed_gives_the_same_bytes_for_any_number_of_workers(delivered: Path, tmp_path: Path) -> None:
    """The same seed gives the same bytes for any number of workers."""
    write_delivery(TINY, tmp_path, workers=2)
    assert digests(tmp_path) == digests(delivered)


def test_another_seed_gives_other_orders_and_prices(delivered: Path, tmp_path: Path) -> None:
    """Another seed gives other orders and prices."""
    write_delivery(replace(TINY, seed=4), tmp_path)
    ours, theirs = digests(tmp_path), digests(delivered)
    for name in ("fix/P1/2026-07-01.log", "quotes/2026-07-01.parquet", "trades/2026-07-01.parquet"):
        assert ours[name] != theirs[name]


def test_truth_counts_what_the_files_hold(delivered: Path) -> None:
    """Truth counts what the files hold."""
    summary = json.loads((delivered / "truth" / "summary.json").read_text())
    assert summary["quotes"] == pl.scan_parquet(delivered / "quotes" / "*.parquet").select(pl.len()).collect().item()
    assert summary["trades"] == pl.scan_parquet(delivered / "trades" / "*.parquet").select(pl.len()).collect().item()
    for name, counts in summary["providers"].items():
        logs = [path for path in (delivered / "fix" / name).glob("*.log") if not is_superseded(path)]
        text = "".join(path.read_text() for path in logs)
        assert text.count("\n") == counts["messages"]
        firsts = [line for line in text.splitlines() if "\x0135=D\x0149=FIRM\x01" in line]
        assert len(firsts) == counts["parent_orders"]
        assert (
            pl.scan_parquet(delivered / "truth" / "executions" / f"{name}-*.parquet").select(pl.len()).collect().item()
            == (counts["executions"])
        )


def is_superseded(path: Path) -> bool:
    """A truncated log whose corrected delivery stands beside it."""
    return path.with_suffix(".corrected.log").exists()


def test_a_truncated_log_is_the_beginning_of_its_correction(delivered: Path) -> None:
    """A truncated log is the beginning of its correction."""
    broken = (delivered / "fix" / "P1" / "2026-07-06.log").read_bytes()
    whole = (delivered / "fix" / "P1" / "2026-07-06.corrected.log").read_bytes()
    assert whole.startswith(broken)
    assert len(broken) < len(whole)


def test_a_late_file_holds_only_what_was_missing(delivered: Path, tmp_path: Path) -> None:
    """A late file holds only what was missing."""
    write_delivery(replace(TINY, late_delivery_on=None), tmp_path)
    folder = delivered / "fix" / "P1"
    joined = (folder / "2026-07-07.log").read_bytes() + (folder / "2026-07-07.late.log").read_bytes()
    assert joined == (tmp_path / "fix" / "P1" / "2026-07-07.log").read_bytes()


def test_steps_name_existing_files_and_never_the_truth(delivered: Path) -> None:
    """Steps name existing files and never the truth."""
    steps = json.loads((delivered / "delivery.json").read_text())["steps"]
    named = [path for step in steps for path in (*step["paths"], step["map"])]
    assert all((delivered / path).is_file() for path in named)
    assert not any(path.startswith("truth") for path in named)
    assert {step["source"] for step in steps} == {"fix-log", "parquet", "csv"}


def test_a_gtc_order_is_filled_on_a_later_day_under_its_first_identifier(delivered: Path) -> None:
    """Placed on the third session of the run, filled two sessions on; no other day speaks of it."""
    placed = {path.name for path in (delivered / "fix" / "P2").glob("*.log") if "\x0111=GP2" in path.read_text()}
    assert len(placed) == 2
    first, last = sorted(placed)
    assert "\x0135=D\x0149=FIRM" in next(
        line for line in (delivered / "fix" / "P2" / first).read_text().splitlines() if "\x0111=GP2" in line
    )
    fills = [line for line in (delivered / "fix" / "P2" / last).read_text().splitlines() if "\x0111=GP2" in line]
    assert all("\x01150=F\x01" in line for line in fills)


def test_the_demo_plants_faults_in_the_second_provider_only() -> None:
    """The demo plants faults in the second provider only."""
    config = demo()
    assert len(config.quarter) == 64
    assert config.providers[0].planted == ()
    assert {one.cheat for one in config.providers[1].planted} == {
        "payment_chasing", "slow_walk", "disimprovement", "undisclosed_venue", "logic_change",
    }  # fmt: skip


def test_an_unknown_cheat_is_refused_with_the_known_names() -> None:
    """An unknown cheat is refused with the known names."""
    with pytest.raises(UsageError, match="slow_walk"):
        certify("no_such_thing", 1)


@pytest.mark.parametrize("intensity", [0, -0.1, 1.01, float("nan")])
def test_an_intensity_that_cannot_be_is_refused(intensity: float) -> None:
    """A share of orders lies above 0 and is at most 1."""
    with pytest.raises(UsageError, match="share of orders"):
        one_fault(Planted("logic_change", intensity))


def test_an_intensity_in_milliseconds_may_be_above_one() -> None:
    """Only shares end at 1."""
    assert one_fault(Planted("slow_walk", 60.0)).providers[1].planted == (Planted("slow_walk", 60.0),)


@pytest.mark.parametrize("days", [1, 3, 20, None])
def test_a_hard_quarter_has_all_its_events_in_the_sessions_kept(days: int | None) -> None:
    """However short the run: stress, halt, an outage of each provider, a broken and a late delivery."""
    config = stressed(5, days=days)
    events = (
        *config.stress_on,
        config.halt_on,
        config.broken_delivery_on,
        config.late_delivery_on,
        *(one.outage_on for one in config.providers),
    )
    assert set(events) <= {session.day for session in config.quarter}
    if days is None or days >= 20:
        assert len(set(events)) == 8  # each on a day of its own


def test_the_prior_is_clean_and_at_full_flow() -> None:
    """Ten full sessions before the first day, which a fault without a date does not touch."""
    config = with_prior(one_fault(Planted("fade", 0.4), days=2), 10)
    assert len(config.prior) == 10
    assert config.prior_flow == 1.0
    days = [simulate_day(replace(config, orders_per_day=60, quotes_per_day=4_000), one) for one in (
        config.prior[-1], config.quarter[0])]  # fmt: skip
    planted = [day.providers[1].truth.routes["planted"].str.contains("fade").any() for day in days]
    assert planted == [False, True]
