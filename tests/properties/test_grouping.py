"""Findings of an incident against a model in plain loops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.rules.grouping import group_incidents

SCHEMA = pl.Schema(
    {
        "id": pl.String(),
        "at": pl.Int64(),
        "until_at": pl.Int64(),
        "day": pl.Date(),
        "provider": pl.String(),
        "venue": pl.String(),
        "family": pl.String(),
        "group": pl.String(),
    }
)
DAY = date(2026, 7, 6)


@dataclass(frozen=True)
class Finding:
    """What grouping reads of a finding."""

    at: int
    until: int | None
    provider: str | None
    venue: str | None
    family: str

    @property
    def group(self) -> str:
        """As a finding is born with: its order, or provider, family and venue."""
        of_incident = f"incident:{DAY}:{self.provider or ''}:{self.family}:{self.venue or ''}"
        return of_incident if self.family else f"order:{self.at}"

    @property
    def stop(self) -> int:
        """Last instant."""
        return self.at if self.until is None else max(self.at, self.until)


def frame(found: list[Finding]) -> pl.DataFrame:
    """The findings as a frame."""
    rows = [(str(n), f.at, f.until, DAY, f.provider, f.venue, f.family, f.group) for n, f in enumerate(found)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def model(found: list[Finding], margin: int, gap: int) -> list[str]:
    """The same in loops: runs first, each with the name it goes by, then every finding that touches one."""
    names = _runs(found, gap)
    members: dict[str, list[Finding]] = {}
    for one, name in zip(found, names, strict=True):
        if name is not None:
            members.setdefault(name, []).append(one)
    spans = {
        name: (min(f.at for f in own) - margin, max(f.stop for f in own) + margin) for name, own in members.items()
    }
    into = {name: _name(name, own[0], members, spans) for name, own in members.items()}
    groups = []
    for one, name in zip(found, names, strict=True):
        if one.family:
            groups.append(one.group if name is None else into[name])
            continue
        held = [
            (spans[other][0], into[other])
            for other, own in members.items()
            if own[0].family == "outage"
            and own[0].provider == one.provider
            and one.at <= spans[other][1]
            and one.stop >= spans[other][0]
        ]
        groups.append(min(held)[1] if held else one.group)
    return groups


def _runs(found: list[Finding], gap: int) -> list[str | None]:
    """Two findings of one group are of one run if a chain of them has no instant further than the gap from all."""
    names: list[str | None] = []
    for one in found:
        run = {one} if one.family and one.provider is not None else set()
        while more := {
            other
            for other in found
            if other.group == one.group and any(_near(other, item, gap) for item in run) and other not in run
        }:
            run |= more
        names.append(f"{one.group}:{min(item.at for item in run)}" if run else None)
    return names


def _near(one: Finding, other: Finding, gap: int) -> bool:
    return one.at - other.stop <= gap and other.at - one.stop <= gap


def _name(name: str, own: Finding, members: dict[str, list[Finding]], spans: dict[str, tuple[int, int]]) -> str:
    if own.venue is None:
        return name
    touched = [
        (spans[whole][0], whole)
        for whole, (one, *_) in members.items()
        if (one.provider, one.family, one.venue) == (own.provider, own.family, None)
        and spans[name][0] <= spans[whole][1]
        and spans[whole][0] <= spans[name][1]
    ]
    return min(touched)[1] if touched else name


FINDINGS: Any = st.lists(
    st.builds(
        Finding,
        st.integers(0, 40),
        st.none() | st.integers(0, 60),
        st.sampled_from(["P", "Q", None]),
        st.sampled_from([None, "V", "W"]),
        st.sampled_from(["", "", "outage", "vendor_data"]),
    ),
    max_size=12,
)


@examples(60)
@given(found=FINDINGS, margin=st.integers(0, 5), gap=st.integers(0, 12))
def test_the_frame_groups_as_the_loops_do(found: list[Finding], margin: int, gap: int) -> None:
    """Whatever overlaps, of whichever provider, venue and family."""
    assert group_incidents(frame(found), margin, gap)["group"].to_list() == model(found, margin, gap)


@examples(30)
@given(found=FINDINGS, margin=st.integers(0, 5), data=st.data())
def test_the_order_of_rows_changes_no_group(found: list[Finding], margin: int, data: Any) -> None:  # noqa: ANN401
    """A finding has the same group wherever it stands among the others."""
    order = data.draw(st.permutations(range(len(found))))
    before = group_incidents(frame(found), margin, 10)["group"].to_list()
    after = group_incidents(frame([found[place] for place in order]), margin, 10)["group"].to_list()
    assert after == [before[place] for place in order]


def test_one_outage_is_one_matter() -> None:
    """By hand: P is out from 100 to 200; what touches 95 to 205 is part of it, at 206 or of Q it is not."""
    found = [
        Finding(100, 200, "P", None, "outage"),
        Finding(150, 160, "P", "V", "outage"),
        Finding(205, None, "P", "V", ""),
        Finding(90, 95, "P", "V", ""),
        Finding(206, None, "P", "V", ""),
        Finding(150, None, "Q", "V", ""),
    ]
    outage = f"incident:{DAY}:P:outage::100"
    assert group_incidents(frame(found), 5, 0)["group"].to_list() == [
        *(outage, outage, outage, outage),
        *("order:206", "order:150"),
    ]


def test_differences_of_a_file_hold_no_findings_of_orders() -> None:
    """By hand: a report's differences every 10 are one matter of their own; an order's finding among them stays."""
    found = [Finding(at, None, "P", None, "vendor_data") for at in (100, 110, 120)]
    order = Finding(110, None, "P", "V", "")
    report = f"incident:{DAY}:P:vendor_data::100"
    assert group_incidents(frame([*found, order]), 5, 10)["group"].to_list() == [report] * 3 + ["order:110"]


def test_two_outages_apart_are_two_matters_until_something_between_joins_them() -> None:
    """By hand: 100 to 200 and 300 to 400 lie 100 apart; 250 to 260 lies 50 after the one and 40 before the other."""
    two = [
        Finding(300, 400, "P", None, "outage"),
        Finding(100, 200, "P", None, "outage"),
        Finding(310, None, "P", "V", ""),
    ]
    first, second = (f"incident:{DAY}:P:outage::{at}" for at in (100, 300))
    assert group_incidents(frame(two), 5, 99)["group"].to_list() == [second, first, second]
    assert group_incidents(frame(two), 5, 100)["group"].to_list() == [first] * 3
    late = Finding(250, 260, "P", None, "outage")
    assert group_incidents(frame([*two, late]), 5, 50)["group"].to_list() == [first] * 4
    apart = group_incidents(frame([*two, late]), 5, 49)["group"].to_list()
    assert apart[:2] == [f"incident:{DAY}:P:outage::250", first]
