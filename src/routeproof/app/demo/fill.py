"""Fills a workspace for the web: the simulated quarter, and half a year of a firm's work on it."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from routeproof.app.context import open_context, wall_clock
from routeproof.app.demo.cast import Kept, chosen_password, keep, kept_in, make_accounts, renewed, roster
from routeproof.app.demo.monitoring import DAYS, TAKEN_IN, close_days, judge_days, work_cases
from routeproof.app.demo.player import play
from routeproof.app.demo.public_reports import take_in_public_reports
from routeproof.app.demo.quarter_end import evaluate_agreements, make_reports, open_quarters_review
from routeproof.app.demo.stage import Stage, StoryClock
from routeproof.app.init_workspace import init_workspace
from routeproof.app.ledger.checkpoints import keep_checkpoint
from routeproof.app.ledger.notes import append_notes
from routeproof.app.measuring.compile_ahead import compiling_ahead
from routeproof.app.run_demo import FIRM, PROVIDER, QUARTER, clear_demo, fill_quarter
from routeproof.lab.presets import demo as demo_scenario
from routeproof.vocab.times import market_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.lab.config import LabConfig

FOUNDED = date(2026, 5, 18)
SAID = (
    "This workspace is a demo: the market, the providers, the people and their words are made up. It was filled in one "
    "go; the times of its entries are those of the story, never later than the true time."
)


def fill_demo(
    root: Path,
    *,
    seed: int = 7,
    days: int | None = None,
    scenario: LabConfig | None = None,
    workers: int = 2,
    on_step: Callable[[str], None] = lambda _: None,
) -> Kept:
    """Make a filled workspace with one account per role; an earlier demo is replaced.

    Args:
        root: folder of the workspace.
        seed: the only source of randomness in the flow.
        days: only the first so many sessions of the quarter.
        scenario: another flow than the demo's, in its quarter; `seed` and `days` say nothing then.
        workers: processes that simulate.
        on_step: told what is being done.

    Raises:
        UsageError: the folder holds something that is no demo, or the password of the environment is too short.
    """
    password = chosen_password()
    clear_demo(root)
    clock = StoryClock()
    clock.reach(FOUNDED)
    today = market_day(wall_clock())
    init_workspace(
        root, firm_id=FIRM, people=roster(today), passphrase=lambda _: password.encode(), on=FOUNDED, clock=clock
    )
    keep(root, Kept(password, filled=False))
    flow = scenario or demo_scenario(seed, days=days)
    with compiling_ahead(), tempfile.TemporaryDirectory(prefix="demo-") as scratch:
        with open_context(root, clock=clock, role="demo", on=FOUNDED) as context:
            _until_the_quarter(Stage(context, clock, password, Path(scratch)))
        clock.reach(TAKEN_IN)
        pack = root / "packs" / f"{QUARTER}-{PROVIDER}"
        fill_quarter(root, pack, flow, workers=workers, clock=clock, on_step=on_step)
        with open_context(root, clock=clock, role="demo", on=TAKEN_IN) as context:
            stage = Stage(context, clock, password, Path(scratch))
            _after_the_quarter(stage, [session.day for session in flow.quarter], pack, on_step)
    keep(root, Kept(password, filled=True))
    return Kept(password, filled=True)


def _until_the_quarter(stage: Stage) -> None:
    make_accounts(stage.context, stage.password)
    for _ in append_notes(stage.as_("admin", FOUNDED), [SAID]):
        pass
    play(stage, "firm", "providers", "answers", "agreements", "quarter")


def _after_the_quarter(stage: Stage, days: list[date], pack: Path, on_step: Callable[[str], None]) -> None:
    judged = days[-DAYS:]
    judge_days(stage, judged, on_step)
    on_step("working cases, closing days")
    work_cases(stage, judged[0])
    close_days(stage, judged)
    on_step("evaluating agreements, making reports")
    evaluate_agreements(stage)
    reports = make_reports(stage, days)
    on_step("review, remediation, disclosures")
    open_quarters_review(stage, pack)
    play(stage, "committee", "disclosures", words=reports)
    take_in_public_reports(stage)
    keep_checkpoint(stage.context, always=True)


def filled_demo(
    root: Path, *, seed: int = 7, days: int | None = None, on_step: Callable[[str], None] = lambda _: None
) -> Kept:
    """The demo in a folder; filled if there is none, or one whose filling did not come to its end."""
    kept = kept_in(root)
    if kept is not None and kept.filled:
        return renewed(root, kept)
    return fill_demo(root, seed=seed, days=days, on_step=on_step)
