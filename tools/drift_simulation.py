"""How often the watch for drift raises a false alarm, how soon a true one, and whom it lets out: writes docs/drift.md.

python tools/drift_simulation.py --day 2026-11-26 [--providers 400] [--workers 2] [--seed 20260101] [--out FILE]
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import drift_page
from drift_flow import CORRELATED, FLOWS, INDEPENDENT, STORMY, TAILS_AND_CORRELATION, TOGETHER
from drift_measures import RANKS, RIVALS, WATCHES, detection, exits, false_alarms

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from typing import Any

SEED = 20260101
PROMISED = 0.05
MOVED = (INDEPENDENT, CORRELATED, TAILS_AND_CORRELATION, TOGETHER)
SHIFTS = (0.5, 1.0, 2.0)
STARTS = (0, 125)
MARGINS = (0.5, 1.0)
FEWER = 10
"""A rival that takes long, and anything that counts streams rather than providers, gets by with a tenth of them."""


def measure(providers: int, seed: int, workers: int) -> drift_page.Measured:
    """Measure everything that the page shows; the result does not depend on the number of workers."""
    few = max(providers // FEWER, 2)
    compared = (CORRELATED, TOGETHER, STORMY)
    with ProcessPoolExecutor(workers) as pool:
        later = {
            "alarms": _start(pool, false_alarms, [(flow, providers, seed, tuple(WATCHES)) for flow in FLOWS]),
            "rivals": _start(pool, false_alarms, [(flow, providers, seed, tuple(RIVALS)) for flow in compared]),
            "ranks": _start(pool, false_alarms, [(flow, few, seed, tuple(RANKS)) for flow in compared]),
            "delays": _start(
                pool, detection, [(flow, by, at, few, seed) for flow in MOVED for by in SHIFTS for at in STARTS]
            ),
            "rival_delays": _start(
                pool,
                detection,
                [
                    (flow, 1.0, at, few, seed, name)
                    for name in RIVALS
                    for flow in (INDEPENDENT, TOGETHER)
                    for at in STARTS
                ],
            ),
            "exits": _start(
                pool,
                exits,
                [
                    (f, margin, known, few, seed)
                    for f in (*MOVED, STORMY)
                    for margin in MARGINS
                    for known in (True, False)
                ],
            ),
        }
        return drift_page.Measured(
            providers=providers,
            few=few,
            seed=seed,
            **{name: {key: one.result() for key, one in some.items()} for name, some in later.items()},
        )


def _start(
    pool: ProcessPoolExecutor, job: Callable[..., Any], tasks: list[tuple[Any, ...]]
) -> dict[tuple[Any, ...], Future[Any]]:
    return {task: pool.submit(job, *task) for task in tasks}


def main() -> int:
    """Write the page; exit 1 when a flow that is promised has more false alarms than promised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--providers", type=int, default=400)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--day", required=True, help="day of the run, printed on the page")
    parser.add_argument("--out", type=Path, default=Path("docs/drift.md"))
    given = parser.parse_args()
    measured = measure(given.providers, given.seed, given.workers)
    given.out.write_text(drift_page.page(measured, given.day), encoding="utf-8")
    return 1 if any(share > PROMISED for share in drift_page.promised_shares(measured)) else 0


if __name__ == "__main__":
    raise SystemExit(main())
