"""The whole main job on a simulated quarter: deliver, ingest, review."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.context import open_context, wall_clock
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.take_delivery import take_delivery
from routeproof.app.measuring.compile_ahead import compiling_ahead
from routeproof.app.review.build_review import Built, build_review
from routeproof.app.review.order import Order
from routeproof.lab.delivery import write_delivery
from routeproof.lab.presets import demo as demo_scenario
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from routeproof.lab.config import LabConfig

DELIVERY = "delivery"
MARKS = (DELIVERY, "demo.json")
"""Either shows that a folder holds a demo."""
FIRM = "Demo Brokerage LLC"
PROVIDER = "P2"
QUARTER = "2026Q3"


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo made: the pack, and the counts of the simulated quarter."""

    built: Built
    summary: dict[str, Any]


def run_demo(
    workspace: Path,
    pack: Path,
    *,
    seed: int = 7,
    days: int | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> Demo:
    """Simulate a quarter, take its files in as the outside world would deliver them, and build the pack.

    Args:
        workspace: made anew; an earlier demo's workspace is replaced.
        pack: folder of the pack.
        seed: the only source of randomness.
        days: only the first so many sessions.
        on_step: told what is being done.

    Raises:
        UsageError: the workspace folder holds something that is no demo.
    """
    clear_demo(workspace)
    init_workspace(workspace, firm_id=FIRM)
    with compiling_ahead():
        return fill_quarter(workspace, pack, demo_scenario(seed, days=days), on_step=on_step)


def fill_quarter(
    workspace: Path,
    pack: Path,
    scenario: LabConfig,
    *,
    workers: int = 2,
    clock: Callable[[], int] = wall_clock,
    on_step: Callable[[str], None] = lambda _: None,
) -> Demo:
    """Simulate a scenario into a workspace that is there, and build the pack of its quarter."""
    delivery = workspace / DELIVERY
    on_step("simulating two providers, their market and customers")
    summary: dict[str, Any] = write_delivery(scenario, delivery, workers=workers)
    with open_context(workspace, role="demo", clock=clock) as context:
        take_delivery(context, delivery, on_step=on_step)
        order = Order(quarter=QUARTER, provider=PROVIDER)
        built = build_review(context, order, pack, on_step=on_step)
    return Demo(built, summary)


def clear_demo(workspace: Path) -> None:
    """Remove an earlier demo; raises UsageError for a folder that holds something else."""
    if not workspace.exists() or not any(workspace.iterdir()):
        return
    if not any((workspace / mark).exists() for mark in MARKS):
        message = f"expected an empty folder or an earlier demo, found other files in {workspace}"
        raise UsageError(message, where="--workspace")
    shutil.rmtree(workspace)
