"""What heightened monitoring is recorded with tightens something, or was agreed; the rest is refused or shown."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.desk.exit_looks import look_until, metric_names
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


@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        ({"until": "2026-10-04"}, "until", "expected a last day from 2026-10-05 on, found 2026-10-04"),
        (
            {"exit": {"metric": "limit_fill_rate_share", "at_least": 1, "looks": 1}},
            "exit.metric",
            "expected a metric, found 'limit_fill_rate_share'; nearest: limit_fill_rate_shares",
        ),
        (
            {"exit": {"metric": "??", "at_least": 1, "looks": 1}},
            "exit.metric",
            "expected a metric, found '??'; `routeproof metrics` names them",
        ),
    ],
)
def test_monitoring_that_cannot_end_well_is_refused(desk: Desk, change: dict[str, Any], where: str, said: str) -> None:
    """A last day before the first one, or an exit test of what nothing measures."""
    stands_after(desk, "plan")
    with pytest.raises(RefusalError) as refused:
        step(desk, "heighten", {**BODIES["heighten"], **change})
    assert (refused.value.code, refused.value.where) == ("incomplete", where)
    assert refused.value.message.startswith(said)


def test_a_metric_that_an_earlier_record_has_and_nothing_measures_meets_no_exit_test(desk: Desk) -> None:
    """It was recorded once: the file says so, looks at it measure nothing, say why, and restore nothing."""
    stands_after(desk, "heighten")
    with desk.context() as context:
        version = object_of(context.records, REMEDIATION, "R1")
        assert version is not None
        assert version.state.monitoring is not None
        happiness = version.state.monitoring.exit.model_copy(update={"metric": "happiness"})
        monitoring = version.state.monitoring.model_copy(update={"exit": happiness})
        old = version.state.model_copy(update={"monitoring": monitoring})
        (warning,) = warnings(old, metric_names())
        (look,) = look_until(context, old, date(2026, 10, 20))
    assert "no metric is named 'happiness'" in warning
    assert (look["value"], look["reason"]) == (None, "no metric is named 'happiness'")
