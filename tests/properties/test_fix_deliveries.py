"""Logs that come one after the other end in the lake that they end in together, folded whole or where they touch."""

import random
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from fix_chaos import Chaos, framed, good_till_logs
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.fold_days import DERIVED
from routeproof.app.intake.ingest import ingest

PROVENANCE = ("source_id", "source_row", "sequence")
"""Of two copies that are alike, which one stands for both may depend on which came first."""

Lake = tuple[str, dict[str, pl.DataFrame]]


class OfDays(Chaos):
    """Messages of several days, each with identifiers of its own.

    A report that names what only another day's messages explain is found as far as `fix_days` says, not by chance.
    """

    def name(self, letter: str, size: int = 1) -> str:
        """An identifier of a pool of the day."""
        return f"{super().name(letter, size)}d{self.days[0]}"


def logs_of(seed: int, folder: Path) -> list[Path]:
    """Messages that name each other at random, mostly in an early log, the rest in later ones that overlap a little."""
    chaos = OfDays(seed)
    chaos.pool, chance, days = chaos.chance.choice((8, 40, 80)), chaos.chance, chaos.chance.choice(((5,), (5, 6, 7)))
    chaos.sessions = chance.choice((chaos.sessions, chaos.sessions[:1]))
    messages = []
    for day in days:
        chaos.days = (day,)
        messages += [framed(chaos.message()) for _ in range(chance.choice((20, 60)) // len(days))]
    if chance.random() < 0.5:
        messages.sort(key=lambda message: message.split(b"\x0152=")[1][:17])
    cuts = {int(chance.choice((0.6, 0.9)) * len(messages))}
    cuts |= {chance.randrange(len(messages)) for _ in range(chance.choice((0, 1)))}
    paths: list[Path] = []
    for begin, end in pairwise([0, *sorted(cuts), len(messages)]):
        again = chance.sample(messages[:begin], min(begin, chance.choice((0, 2))))
        paths.append(folder / f"{len(paths)}.log")
        paths[-1].write_bytes(b"".join([*again, *messages[begin:end]]))
    return paths


def delivered(root: Path, deliveries: list[list[Path]]) -> Lake:
    """What the lake says after these deliveries."""
    init_workspace(root)
    with open_context(root) as context:
        for paths in deliveries:
            ingest(context, "fix-log", paths)
        lake = context.lake
        return lake.manifest().id, {name: lake.read(name).drop(PROVENANCE, strict=False) for name in DERIVED}


@examples(4, more_by_night=60)
@given(seed=st.integers(0, 1 << 40))
def test_logs_one_by_one_are_the_logs_together(seed: int) -> None:
    """Orders, fills, busts and copies of any days in any order: one manifest, the same rows in every table."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        logs = logs_of(seed, folder)
        random.Random(seed).shuffle(logs)  # noqa: S311 nothing secret
        one_by_one = delivered(folder / "one", [[log] for log in logs])
        together = delivered(folder / "all", [logs])
    assert one_by_one[0] == together[0]
    for table, rows in together[1].items():
        assert rows.equals(one_by_one[1][table]), table


@examples(2, more_by_night=30)
@given(seed=st.integers(0, 1 << 40))
def test_names_that_are_taken_over_mean_the_same_day_by_day(seed: int) -> None:
    """Fills of good-till orders, of which later orders took the names: day by day and all at once."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        logs = [folder / f"{number}.log" for number in range(3)]
        for path, content in zip(logs, good_till_logs(seed), strict=True):
            path.write_bytes(content)
        one_by_one = delivered(folder / "one", [[log] for log in logs])
        together = delivered(folder / "all", [logs])
    assert one_by_one[0] == together[0]
