"""How well leaking venues are found, and how often others are asked about: the table of `docs/methods/leakage.md`.

    python tools/leakage_power.py docs/methods/leakage.md --seeds 11 12 13 --days 60

Each seed makes one calm world with an honest provider and one per grade of the leaking venue, and a world with two
honest providers in a market with a trend, and one in a market with news.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leakage_world import VENUE, World, day_sums, judged, shipped

from routeproof.app.analysis.leakage.cells import QUESTION
from routeproof.lab.cheats.leaking_venue import CHEAT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Row = dict[str, Any]

BEGIN, END = "<!-- written by tools/leakage_power.py -->\n", "<!-- end -->\n"
HONEST = (0.0, 0.0)
KINDS = {"trend": "market with a trend of 2 % a day", "news": "market with twelve jumps a day of 0.4 %"}
LENGTHS = (20, 40, 60)
MOVING_DAYS = 40


def main() -> int:
    """Write the table into the page."""
    arguments = _arguments()
    standards = shipped()
    found: dict[tuple[str, int], list[list[Row]]] = {}
    for seed in arguments.seeds:
        for kind in ("calm", *KINDS):
            grades = (0.0, *CHEAT.grades) if kind == "calm" else HONEST
            longest = arguments.days if kind == "calm" else min(arguments.days, MOVING_DAYS)
            sums = day_sums(World(seed=seed, grades=grades, days=longest, kind=kind), standards.policy)
            for days in (length for length in LENGTHS if length <= longest):
                found.setdefault((kind, days), []).append(judged(sums[:days], standards))
            print(f"seed {seed}, {kind}", flush=True)  # noqa: T201  # a script
    page = arguments.page.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    command = f"python tools/leakage_power.py {' '.join(sys.argv[1:])}"
    table = "\n".join([*_found_lines(found), "", *_false_lines(found), "", f"Made by `{command}`.", ""])
    arguments.page.write_text(before + BEGIN + table + END + after, encoding="utf-8")
    return 0


def _found_lines(found: dict[tuple[str, int], list[list[Row]]]) -> Iterator[str]:
    yield "| leaking share | days | seeds | found | adverse move, bps | detectable | size withdrawn | detectable |"
    yield "|---|---|---|---|---|---|---|---|"
    for place, grade in enumerate(CHEAT.grades, 1):
        for days in sorted(days for kind, days in found if kind == "calm"):
            worlds = found["calm", days]
            cells = [[row for row in rows if _is_leak(row, f"P{place}")] for rows in worlds]
            hits = sum(any(row["tells"] == QUESTION for row in rows) for rows in cells)
            moves, sizes = (
                [row for rows in cells for row in rows if row["outcome"] == name] for name in ("move", "size")
            )
            yield (
                f"| {grade:.0%} | {days} | {len(worlds)} | {hits} | {_mean(moves, 'estimate')} | "
                f"{_mean(moves, 'detectable')} | {_mean(sizes, 'estimate')} | {_mean(sizes, 'detectable')} |"
            )


def _false_lines(found: dict[tuple[str, int], list[list[Row]]]) -> Iterator[str]:
    yield "| whose routes | days | cells judged | intervals without 0 | questions |"
    yield "|---|---|---|---|---|"
    for kind, days in sorted(found):
        for name, chosen in _groups(kind):
            rows = [row for table in found[kind, days] for row in table if chosen(row) and row["reason"] is None]
            asked = sum(row["tells"] == QUESTION for row in rows)
            wide = sum(not row["lower"] <= 0.0 <= row["upper"] for row in rows) / max(len(rows), 1)
            yield f"| {name} | {days} | {len(rows):,} | {wide:.1%} | {asked} |"


def _groups(kind: str) -> Sequence[tuple[str, Any]]:
    if kind != "calm":
        return ((f"two honest providers, {KINDS[kind]}", lambda _: True),)
    return (
        ("an honest provider beside leaking ones", lambda row: row["provider"] == "P0"),
        ("leaking providers, at every other venue", lambda row: row["provider"] != "P0" and row["venue"] != VENUE),
    )


def _is_leak(row: Row, provider: str) -> bool:
    return (row["provider"], row["phase"], row["venue"]) == (provider, "route", VENUE)


def _mean(rows: Sequence[Row], name: str) -> str:
    values = [row[name] for row in rows if row[name] is not None]
    return f"{sum(values) / len(values):.3f}" if values else "refused"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--days", type=int, default=60)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
