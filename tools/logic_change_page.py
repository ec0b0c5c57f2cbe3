"""How soon the nightly rule tells a change of routing logic, and how often none: table of routing-changes.md.

python tools/logic_change_page.py [--seeds 9101 9102 9103] [--days 60] [--orders 400] [--docs docs/methods]
Every router is judged on every session, each look with the sessions that it could see. Exit 1 where an honest router
was told of.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import polars as pl
from conflict_world import Router, name_of, worlds

from routeproof.lab.cheats import BY_NAME as CHEATS
from routeproof.lab.config import Planted
from routeproof.policy.whole import whole_policy
from routeproof.rules.choice_streams import CHOICES
from routeproof.rules.facts import Facts
from routeproof.rules.registry import BY_NAME
from routeproof.stores.shipped_policy import load_equity_calendar, shipped_subjects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ON = date(2026, 9, 30)
SEEDS = (9101, 9102, 9103)
HONEST = 1
CHANGED_AFTER, LOOKED = 20, 20
"""Sessions before the change, and those that are judged from it on."""
GRADES = ("mild", "middle", "gross")
BEGIN, END = "<!-- measured by tools/logic_change_page.py -->", "<!-- end of nights -->"
RULE = BY_NAME["unannounced_logic_change"]
Told = list[tuple[int, str]]
"""Sessions, by number, on which something was told, and the day to which it was dated."""


def routers(changed_on: date, wanted: Sequence[str]) -> list[Router]:
    """Honest ones, and some grades of a change of logic."""
    every = zip(GRADES, CHEATS["logic_change"].grades, strict=True)
    grades = [(grade, amount) for grade, amount in every if grade in wanted]
    return [Router(name="honest") for _ in range(HONEST)] + [
        Router(name=f"logic_change, {grade}", planted=(Planted("logic_change", amount, from_on=changed_on),))
        for grade, amount in grades
    ]


def told(choices: pl.DataFrame, days: Sequence[date]) -> Told:
    """What the looks of some sessions tell, the first to the last."""
    policy = whole_policy(shipped_subjects(), load_equity_calendar()).monitoring.limits_on(ON)[RULE.name]
    back = policy.value("history_sessions")
    found: Told = []
    for number, day in enumerate(days):
        seen = choices.filter(pl.col("day").is_in(list(days[max(0, number - back) : number + 1])))
        hits = RULE.judge(Facts(day=day, choices=seen), replace(policy, scoped=()))
        found += [(number, key) for key in hits["key"]]
    return found


def choices_of(cells: pl.DataFrame) -> pl.DataFrame:
    """First venues by situation, as the rule reads them."""
    named = cells.rename({"trading_day": "day"})
    return named.group_by(*(name for name in CHOICES if name != "n")).agg(pl.col("n").sum()).select(CHOICES.names())


def lines(seen: dict[str, list[Told]], changed_on: date) -> Iterator[str]:
    """The table."""
    head = ("router", "worlds", f"told within {LOOKED} sessions", "median session", "dated to the day", "told twice")
    yield f"| {' | '.join((*head, 'told before'))} |"
    yield "|---|---|---|---|---|---|---|"
    for name, runs in seen.items():
        honest = name == "honest"
        after = [[one for one in run if one[0] >= CHANGED_AFTER] for run in runs]
        soon = [run[0][0] - CHANGED_AFTER + 1 for run in after if run]
        exact = sum(run[0][1] == changed_on.isoformat() for run in after if run)
        before = sum(any(one[0] < CHANGED_AFTER for one in run) for run in runs)
        twice = sum(len(run) > 1 for run in after)
        if honest:
            yield f"| {name} | {len(runs)} | - | - | - | - | {sum(bool(run) for run in runs)} on any session |"
        else:
            middle = f"{median(soon):g}" if soon else "-"
            yield f"| {name} | {len(runs)} | {len(soon)} | {middle} | {exact} | {twice} | {before} |"


def write(page: Path, text: Sequence[str]) -> None:
    """Replace what stands between the marks."""
    whole = page.read_text("utf-8")
    head, rest = whole.split(BEGIN, 1)
    _, tail = rest.split(END, 1)
    page.write_text(f"{head}{BEGIN}\n\n" + "\n".join(text) + f"\n\n{END}{tail}", encoding="utf-8")


def _how(given: argparse.Namespace, changed_on: date) -> str:
    return (
        f"`python tools/logic_change_page.py {' '.join(sys.argv[1:])}`: {given.days} sessions of honest routers, "
        f"{LOOKED} from the change on of others, each judged; {given.orders} orders a day and router. It changes on "
        f"{changed_on}, after {CHANGED_AFTER} sessions."
    )


def main() -> int:
    """Simulate, judge every session, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--orders", type=int, default=400)
    parser.add_argument("--grades", nargs="+", choices=GRADES, default=list(GRADES))
    parser.add_argument("--docs", type=Path, default=Path("docs/methods"))
    given = parser.parse_args()
    calendar = load_equity_calendar()
    days = calendar.sessions(date(2026, 7, 1), ON)[: given.days]
    changed_on = days[CHANGED_AFTER]
    seen: dict[str, list[Told]] = {}
    begun = time.monotonic()
    for seed in given.seeds:
        every = routers(changed_on, given.grades)
        for place, cells in enumerate(worlds(every, seed, given.days, given.orders)):
            name = every[place].name
            looked = days if name == "honest" else days[: CHANGED_AFTER + LOOKED]
            seen.setdefault(name, []).append(told(choices_of(cells), looked))
            print(f"{seed} {name_of(place)} {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)  # noqa: T201
        write(given.docs / "routing-changes.md", [_how(given, changed_on), "", *lines(seen, changed_on)])
    return int(any(bool(run) for run in seen["honest"]))


if __name__ == "__main__":
    sys.exit(main())
