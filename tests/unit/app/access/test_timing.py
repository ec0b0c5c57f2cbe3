"""How long a login takes tells nobody whether a name is one of ours."""

from __future__ import annotations

import math
import random
import shutil
import statistics
import time
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher, extract_parameters

from routeproof.app.access.log_in import WrongPasswordError, knows_password, log_in
from routeproof.app.access.tables import access_database
from routeproof.app.context import open_context
from routeproof.stores import sealing

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context

PAIRS = 10_000
LEAK_T = 4.5
"""Of Welch's t: the threshold of dudect (Reparaz, Balasch, Verbauwhede 2017)."""
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Counted:
    """The hasher, and what it was asked to verify."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.hasher = hasher
        self.hashes: list[str] = []

    def verify(self, hashed: str, password: str) -> bool:
        self.hashes.append(hashed)
        return bool(self.hasher.verify(hashed, password))


def test_an_unknown_name_costs_the_same_hashing(staffed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One verification by the same parameters: for a name of ours, one that is disabled, and one of nobody."""
    counted = Counted(sealing._HASHER)  # noqa: SLF001  # what is counted is its work
    with open_context(shutil.copytree(staffed, tmp_path / "w")) as context:
        with access_database(context.workspace).transaction() as database:
            database.execute("update account set disabled = 1 where person = 'sam'")
        monkeypatch.setattr(sealing, "_HASHER", counted)
        for name in ("ann", "sam", "nobody"):
            with pytest.raises(WrongPasswordError):
                log_in(context, name, "not the password", place=name)
    assert len(counted.hashes) == 3
    assert len({str(extract_parameters(hashed)) for hashed in counted.hashes}) == 1


def test_texts_are_compared_in_constant_time_whatever_they_hold() -> None:
    """Also of other alphabets and lengths, which the plain function refuses."""
    assert sealing.is_same("žlutý", "žlutý")
    assert not sealing.is_same("žlutý", "žlutá")
    assert not sealing.is_same("", "a")


@pytest.mark.night
def test_no_difference_between_a_known_and_an_unknown_name_can_be_measured(
    staffed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10,000 pairs in random order, hashing made cheap so that it hides nothing: Welch's t below 4.5."""
    with open_context(shutil.copytree(staffed, tmp_path / "w")) as context:
        with access_database(context.workspace).transaction() as database:
            database.execute("update account set password = ?", (CHEAP.hash("the password of all"),))
        monkeypatch.setattr(sealing, "_NOBODY", CHEAP.hash("of nobody"))
        found = {known: sorted(times) for known, times in _measured(context).items()}
    # As dudect does, what the machine did meanwhile is cut off: the slowest tenth of both.
    cut = sorted(found[True] + found[False])[int(PAIRS * 2 * 0.9)]
    one, other = ([t for t in times if t <= cut] for times in found.values())
    spread = math.sqrt(statistics.variance(one) / len(one) + statistics.variance(other) / len(other))
    t = (statistics.fmean(one) - statistics.fmean(other)) / spread
    assert abs(t) < LEAK_T, f"t = {t:.2f}"


def _measured(context: Context) -> dict[bool, list[int]]:
    """Time of a wrong password, ns, by whether the name is known; which comes first is chance."""
    chance = random.Random(27)  # noqa: S311  # seeded, so that a failure can be repeated
    found: dict[bool, list[int]] = {True: [], False: []}
    for _ in range(PAIRS):
        for known in chance.sample((True, False), 2):
            name: Any = "ann" if known else "abe"
            begun = time.perf_counter_ns()
            knows_password(context, name, "not the password")
            found[known].append(time.perf_counter_ns() - begun)
    return found
