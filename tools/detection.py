"""How often and how soon the rules find planted faults, and what they say of honest flow: writes docs/detection.md.

python tools/detection.py --day 2026-11-26 [--seeds 7001 7002] [--sessions 5] [--orders 1010] [--out FILE]
Prints the hash of the policy of the rules before anything is simulated. Exit 1 where what is wanted was not reached.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import detection_page
from detection_measures import SPEAKS_OF, cells, honesty, intensities
from detection_world import World, judge_world

from routeproof.lab.config import Planted
from routeproof.stores.shipped_policy import shipped_monitoring_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detection_world import Found

SEEDS = (7001, 7002)
COMPARED = ("logic_change", "payment_chasing")
"""Faults of which a provider's own past can tell."""
PRIOR = 12
HONEST, HONEST_SESSIONS = 5, 20


def faults(cheats: Sequence[str]) -> tuple[Planted, ...]:
    """Each fault at each intensity."""
    return tuple(Planted(cheat, amount) for cheat in cheats for _, amount in intensities(cheat))


def main() -> int:
    """Write the page."""
    arguments = _arguments()
    policy = shipped_monitoring_id()
    print(f"policy of the rules: {policy}", flush=True)  # noqa: T201  # a script
    size = {"orders": arguments.orders, "quotes": arguments.quotes}
    fresh = [
        _judged(World(seed=seed, faults=faults(tuple(SPEAKS_OF)), days=arguments.sessions, **size))
        for seed in arguments.seeds
    ]
    first, *_ = arguments.seeds
    after = World(seed=first + 100, faults=faults(COMPARED), days=arguments.sessions, prior=PRIOR, **size)
    honest = World(seed=first + 200, honest=HONEST, days=HONEST_SESSIONS, **size)
    measured = detection_page.Measured(
        command=f"python tools/detection.py {' '.join(sys.argv[1:])}",
        day=arguments.day,
        policy=policy,
        machine=f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        seeds=(*arguments.seeds, after.seed, honest.seed),
        sessions=arguments.sessions,
        honest_sessions=HONEST_SESSIONS,
        prior=PRIOR,
        orders=arguments.orders,
        quotes=arguments.quotes,
        fresh=cells(fresh),
        after=cells([_judged(after)]),
        honest=honesty([_judged(honest)]),
    )
    arguments.out.write_text(detection_page.page(measured), encoding="utf-8")
    return 0 if detection_page.passed(measured) else 1


def _judged(world: World) -> Found:
    begun = time.monotonic()

    def told(text: str) -> None:
        print(f"seed {world.seed}, {time.monotonic() - begun:.0f} s: {text}", file=sys.stderr, flush=True)  # noqa: T201

    return judge_world(world, told)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--day", required=True, help="what the page says it was run on")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--sessions", type=int, default=5)
    parser.add_argument("--orders", type=int, default=1010, help="parent orders per provider and session")
    parser.add_argument("--quotes", type=int, default=156_000, help="best quotes per session")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[1] / "docs" / "detection.md")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
