"""What heightened monitoring is recorded with tightens something, or was agreed; the rest is refused or shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.objects.fold import object_of
from routeproof.governance.decider import RefusalError
from routeproof.governance.remediation.noun import REMEDIATION
from routeproof.governance.remediation.rules import warnings
from unit.governance.remediation_case import BODIES, stands_after, step

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with its people."""
    return new_desk(tmp_path / "workspace")


def test_a_threshold_in_one_word_is_recorded_with_its_rule_or_refused(desk: Desk) -> None:
    """One rule has ack_ms; luck is nothing, fill_ms may be two, and a threshold is given once."""
    stands_after(desk, "plan")
    for thresholds in ({"luck": 1}, {"fill_ms": 1}, {"ack_ms": 1, "slow_acknowledgement.ack_ms": 2}):
        with pytest.raises(RefusalError) as refused:
            step(desk, "heighten", {**BODIES["heighten"], "thresholds": thresholds})
        assert refused.value.code == "incomplete"
    state = step(desk, "heighten", {**BODIES["heighten"], "thresholds": {"ack_ms": 1}})
    assert (state["monitoring"]["thresholds"], state["warnings"]) == ({"slow_acknowledgement.ack_ms": 1}, [])


def test_a_threshold_that_an_earlier_record_has_without_effect_shows(desk: Desk) -> None:
    """Such words were recorded once; whoever reads the file is told."""
    stands_after(desk, "heighten")
    with desk.context() as context:
        version = object_of(context.records, REMEDIATION, "R1")
    assert version is not None
    assert version.state.monitoring is not None
    old = version.state.monitoring.model_copy(update={"thresholds": {"luck": 1.0}})
    (warning,) = warnings(version.state.model_copy(update={"monitoring": old}), {"limit_fill_rate_shares"})
    assert "'luck' names neither a rule" in warning
