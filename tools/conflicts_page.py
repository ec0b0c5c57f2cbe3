"""How often planted conflicts and changes of logic are found, and honest routers accused: tables of docs/methods.

python tools/conflicts_page.py [--seeds 8101 8102] [--days 20] [--orders 400] [--docs docs/methods]
Writes the tables between the marks in conflicts.md and routing-changes.md. Exit 1 where an honest router was accused
more often than policy allows.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from conflict_world import Router, inducements, name_of, worlds

from routeproof.app.analysis.conflict.judge import AT_COST, case_of, verdicts
from routeproof.app.analysis.conflict.study import study_of
from routeproof.app.analysis.routing.drift import change_rows, found_changes, streams
from routeproof.lab.cheats import BY_NAME
from routeproof.lab.config import Planted
from routeproof.lab.controls import CONTROLS
from routeproof.policy.analysis.conflicts import conflicts_policy
from routeproof.policy.analysis.routing import routing_policy
from routeproof.stores.shipped_policy import load_shipped_policy, shipped_subjects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

ON = date(2026, 9, 30)
SEEDS = (8101, 8102, 8103, 8104)
FAULTS = {
    "payment_chasing": "payment",
    "payers_only": "payment",
    "rebate_ordered": "payment",
    "affiliate_first": "tie",
    "ioi_first": "arrangement",
}
"""Fault to the inducement that it follows."""
GRADES = ("mild", "middle", "between", "gross")
CHANGED_ON = date(2026, 7, 15)
HONEST = 4
BEGIN, END = "<!-- measured by tools/conflicts_page.py -->", "<!-- end -->"


def routers() -> list[Router]:
    """Every fault at every grade; honest ones, plain and with ties; the honest control; a change of logic."""
    found = [Router(name="honest") for _ in range(HONEST)]
    found += [Router(name="honest, a venue is its affiliate", tied=True) for _ in range(HONEST // 2)]
    found += [Router(name="honest, an arrangement is declared", arranged=True) for _ in range(HONEST // 2)]
    for control in CONTROLS:
        found += [Router(name=f"honest, {control.name} {amount:g}", planted=(Planted(control.name, amount),))
                  for amount in control.grades]  # fmt: skip
    for fault, kind in FAULTS.items():
        found += [
            Router(name=f"{fault}, {grade}", planted=(Planted(fault, amount),), tied=kind == "tie",
                   arranged=kind == "arrangement")
            for grade, amount in graded(fault)
        ]  # fmt: skip
    found += [
        Router(name=f"logic_change, {grade}", planted=(Planted("logic_change", amount, from_on=CHANGED_ON),))
        for grade, amount in graded("logic_change")
    ]
    return found


def graded(fault: str) -> list[tuple[str, float]]:
    """Grades of a fault with their amounts, and one between middle and gross (their geometric mean)."""
    mild, middle, gross = BY_NAME[fault].grades
    return list(zip(GRADES, (mild, middle, (middle * gross) ** 0.5, gross), strict=True))


def accused(router: Router, cells: pl.DataFrame, name: str) -> tuple[str, ...] | None:
    """Inducements that a router is accused of; `None` where nothing could be told of any."""
    policy = conflicts_policy(shipped_subjects()).on(ON).value
    standards = load_shipped_policy().evidence.on(ON).value
    study = study_of(cells, name, policy.classes)
    if study is None:
        return None
    case = case_of(study, inducements(study, router), policy, standards)
    said = verdicts([case], policy)[0]
    if all(p is None for _, p in said):
        return None
    return tuple(judged.kind for judged, (word, _) in zip(case.inducements, said, strict=True) if word == AT_COST)


def changed(cells: pl.DataFrame) -> list[date]:
    """Days from which some order class of a router is said to choose otherwise."""
    policy = routing_policy(shipped_subjects()).on(ON).value
    found = found_changes(list(streams(cells, policy)), policy, policy.seed)
    return sorted({date.fromisoformat(row["on"]) for one in found for row in change_rows(one, [], policy)})


class Tally:
    """What was found of routers by their name, over seeds."""

    def __init__(self) -> None:
        self.seen: dict[str, list[tuple[tuple[str, ...] | None, list[date]]]] = {}

    def add(self, router: Router, found: tuple[tuple[str, ...] | None, list[date]]) -> None:
        """One router in one world."""
        self.seen.setdefault(router.name, []).append(found)

    def conflict_rows(self) -> Iterator[str]:
        """Lines of the table of conflicts."""
        yield "| router | worlds | accused of what it does | accused of something else | cannot tell |"
        yield "|---|---|---|---|---|"
        for name, found in self.seen.items():
            kind = FAULTS.get(name.split(",")[0], "")
            if name.startswith("logic_change"):
                continue
            right = sum(kinds is not None and kind in kinds for kinds, _ in found)
            wrong = sum(bool(set(kinds or ()) - {kind}) for kinds, _ in found)
            silent = sum(kinds is None for kinds, _ in found)
            yield f"| {name} | {len(found)} | {right if kind else '-'} | {wrong} | {silent} |"

    def change_rows(self) -> Iterator[str]:
        """Lines of the table of changes."""
        yield "| router | worlds | changed on the right day | within two sessions | on another day |"
        yield "|---|---|---|---|---|"
        for name, found in self.seen.items():
            is_planted = name.startswith("logic_change")
            if not is_planted and not name.startswith("honest"):
                continue
            exact = sum(CHANGED_ON in days for _, days in found) if is_planted else "-"
            near = sum(any(abs((day - CHANGED_ON).days) <= 2 for day in days) for _, days in found)  # noqa: PLR2004
            other = sum(
                any(not is_planted or abs((day - CHANGED_ON).days) > 2 for day in days)  # noqa: PLR2004
                for _, days in found
            )
            yield f"| {name} | {len(found)} | {exact} | {near if is_planted else '-'} | {other} |"

    def false_accusations(self) -> tuple[int, int]:
        """Honest routers that were accused, and how many there were."""
        honest = [kinds for name, found in self.seen.items() if name.startswith("honest") for kinds, _ in found]
        return sum(bool(kinds) for kinds in honest), len(honest)


def write(page: Path, lines: Sequence[str]) -> None:
    """Replace what stands between the marks."""
    text = page.read_text("utf-8")
    head, rest = text.split(BEGIN, 1)
    _, tail = rest.split(END, 1)
    page.write_text(f"{head}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{tail}", encoding="utf-8")


def main() -> int:
    """Simulate, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--orders", type=int, default=400)
    parser.add_argument("--docs", type=Path, default=Path("docs/methods"))
    given = parser.parse_args()
    tally, begun, all_routers = Tally(), time.monotonic(), routers()
    for seed in given.seeds:
        for place, cells in enumerate(worlds(all_routers, seed, given.days, given.orders)):
            router = all_routers[place]
            tally.add(router, (accused(router, cells, name_of(place)), changed(cells)))
        print(f"seed {seed}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)  # noqa: T201 a script
    how = (
        f"`python tools/conflicts_page.py {' '.join(sys.argv[1:])}`: seeds {', '.join(map(str, given.seeds))}, "
        f"{given.days} sessions, {given.orders} orders a day and router."
    )
    wrong, honest = tally.false_accusations()
    write(
        given.docs / "conflicts.md",
        [how, "", *tally.conflict_rows(), "", f"Honest routers accused: {wrong} of {honest}."],
    )
    write(given.docs / "routing-changes.md", [how, "", *tally.change_rows()])
    return int(wrong > max(1, 0.05 * honest))


if __name__ == "__main__":
    sys.exit(main())
