"""A small filled demo for tests of the application: two days of thin flow, and all the work of the firm's people.

It is made once a run and copied for whoever writes to it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from datetime import date
from typing import TYPE_CHECKING

from routeproof.app.demo.cast import CAST, VARIABLE
from routeproof.app.demo.fill import fill_demo
from routeproof.lab.config import LabConfig, Planted, Provider

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "correct horse battery staple"  # noqa: S105  # of nobody real
USERS = {user: role for user, role, _ in CAST}
"""Role of each account."""
DAYS = (date(2026, 7, 1), date(2026, 7, 2))
PACK = "packs/2026Q3-P2"
THIN = LabConfig(
    first=DAYS[0],
    last=DAYS[-1],
    orders_per_day=60,
    quotes_per_day=6_000,
    providers=(
        Provider("P1"),
        Provider(
            "P2",
            decision_us=900,
            planted=(
                Planted("payment_chasing", 0.3),
                Planted("disimprovement", 0.5),
                Planted("undisclosed_venue", 0.1),
            ),
        ),
    ),
)


def small_demo(folder: Path) -> Path:
    """The filled workspace in `folder/demo`: made by the first process that comes, awaited by the others."""
    root, done = folder / "demo", folder / "demo.done"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(root, ignore_errors=True)
            _fill(root)
            done.touch()
    return root


def _fill(root: Path) -> None:
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = PASSWORD
    try:
        fill_demo(root, scenario=THIN, workers=1)
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
