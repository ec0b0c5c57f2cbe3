"""An honest provider passes every script; each misbehaviour fails the check that is there for it."""

from __future__ import annotations

import pytest

from certification_line import failed, play, shipped
from routeproof.lab.certification.faults import FAULTS, Fault
from routeproof.lab.certification.shipped import load_shipped_scripts


@pytest.mark.parametrize("name", load_shipped_scripts())
def test_an_honest_provider_passes(name: str) -> None:
    """Every step, and the script as a whole; nothing is left open."""
    result = play(shipped(name))
    assert (failed(result), [step.note for step in result.steps if step.note and not step.left_out]) == (set(), [])
    assert result.passed
    assert result.cancelled == ()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.name))
def test_a_misbehaviour_is_found(fault: Fault) -> None:
    """By the check that is there for it."""
    result = play(shipped(fault.script), {fault.name})
    assert not result.passed
    assert fault.check in failed(result)


def test_every_kind_of_check_is_seen_to_fail() -> None:
    """A check that no misbehaviour fails might hold by construction.

    Those named here are failed by reports written by hand, in the tests beside this one.
    """
    seen = {fault.check for fault in FAULTS}
    by_hand = {"status", "reject_code", "reject_text", "ended_late_enough", "fills", "none_open"}
    every = {
        check.name
        for script in load_shipped_scripts().values()
        for result in [play(script)]
        for check in [*result.checks, *(check for step in result.steps for check in step.checks)]
    }
    assert every - by_hand <= seen
