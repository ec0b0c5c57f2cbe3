"""The review framework's action thresholds, each a small test with its inputs beside the outcome.

`met` means the threshold for action is met, i.e. something must be done; `not_met` that it is not;
`cannot_tell` and `no_control_flow` are never a pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.evidence.verdict import Word
    from routeproof.policy.thresholds import FrameworkThresholds

Outcome = Literal["met", "not_met", "cannot_tell", "no_control_flow"]
_GRAVEST_FIRST: tuple[Outcome, ...] = ("met", "cannot_tell", "not_met")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdResult:
    """One action threshold: its stable id, the outcome, a sentence, and the numbers or words it came from."""

    id: str
    outcome: Outcome
    reason: str
    inputs: Mapping[str, object] = field(default_factory=dict)


def consistent_underperformance(
    months: Sequence[Word], quarter: Word, thresholds: FrameworkThresholds
) -> ThresholdResult:
    """Met iff worse in the quarter or in enough of its months; not met only if that could no longer be so.

    months: one verdict per month, in order. A month that cannot be told counts against certainty, not for a pass.
    """
    worse, unknown = months.count("worse"), months.count("cannot_tell")
    unknown += max(0, thresholds.months - len(months))
    inputs = {"months": tuple(months), "quarter": quarter, "worse_months_needed": thresholds.worse_months}
    outcome: Outcome = "not_met"
    reason = f"worse in {worse} of {thresholds.months} months and not worse over the quarter"
    if quarter == "worse" or worse >= thresholds.worse_months:
        over = "over the quarter and " if quarter == "worse" else ""
        outcome, reason = "met", f"worse {over}in {worse} of {thresholds.months} months"
    elif quarter == "cannot_tell" or worse + unknown >= thresholds.worse_months:
        outcome = "cannot_tell"
        quarter_text = "the quarter cannot be told" if quarter == "cannot_tell" else "the quarter is not worse"
        reason = f"worse in {worse} of {thresholds.months} months, {unknown} cannot be told; {quarter_text}"
    return ThresholdResult(id="consistent_underperformance", outcome=outcome, reason=reason, inputs=inputs)


def any_underperformance(tests: Mapping[str, ThresholdResult]) -> ThresholdResult:
    """Met iff it is met for one of the named flows; not met only if it is not met for all of them.

    tests: `consistent_underperformance` by the name of the flow and metric; empty: nothing was measured.
    """
    outcomes = [result.outcome for result in tests.values()]
    decisive: Outcome = next((word for word in _GRAVEST_FIRST if word in outcomes), "cannot_tell")
    flows: dict[str, list[str]] = {}
    for name, result in tests.items():
        if result.outcome == decisive:
            flows.setdefault(result.reason, []).append(name)
    reason = "; ".join(f"{said}: {', '.join(names)}" for said, names in flows.items()) or "nothing was measured"
    if decisive == "not_met":
        reason = f"not worse in any of {len(tests)} tests ({', '.join(tests)})"
    inputs = {name: result.outcome for name, result in tests.items()}
    return ThresholdResult(id="consistent_underperformance", outcome=decisive, reason=reason, inputs=inputs)


def routing_latency(against_control: Word | None, control_flow: str | None) -> ThresholdResult:
    """Met iff route-to-execution time is worse than the declared direct (control) flow's.

    control_flow: its declared name; None when the firm declared none, and then nothing was tested.
    """
    inputs = {"against_control": against_control, "control_flow": control_flow}
    if control_flow is None or against_control is None:
        reason = "no direct or control flow is declared, so routing latency was not tested"
        return ThresholdResult(id="routing_latency", outcome="no_control_flow", reason=reason, inputs=inputs)
    outcome, text = _worse(against_control)
    reason = f"route to execution is {text} than the control flow {control_flow}"
    if outcome == "cannot_tell":
        reason = f"route to execution against the control flow {control_flow} cannot be told"
    return ThresholdResult(id="routing_latency", outcome=outcome, reason=reason, inputs=inputs)


def fill_rate_decline(against_prior_quarter: Word | None) -> ThresholdResult:
    """Met iff the fill rate is worse than the same flow's in the prior quarter (None: there is no prior quarter)."""
    inputs = {"against_prior_quarter": against_prior_quarter}
    if against_prior_quarter is None:
        reason = "there is no prior quarter to compare with"
        return ThresholdResult(id="fill_rate_decline", outcome="cannot_tell", reason=reason, inputs=inputs)
    outcome, text = _worse(against_prior_quarter)
    reason = f"the fill rate is {text} than in the prior quarter"
    if outcome == "cannot_tell":
        reason = "the fill rate against the prior quarter cannot be told"
    return ThresholdResult(id="fill_rate_decline", outcome=outcome, reason=reason, inputs=inputs)


def payer_concentration(
    payer_volume_share: float | None,
    venue_hhi: float | None,
    thresholds: FrameworkThresholds,
    unknown_share: float = 0.0,
) -> ThresholdResult:
    """Met iff net payers get more than the policy's share of volume and venue concentration is above its HHI.

    All numbers are fractions of 1 (HHI = sum of squared volume shares); None = not known. A payer is a venue that
    pays the firm or the provider more than it charges; of venues with `unknown_share` of the volume nobody knows what
    they pay, so the test is passed only if all of them might be payers.
    """
    inputs = {
        "payer_volume_share": payer_volume_share,
        "unknown_volume_share": unknown_share,
        "venue_hhi": venue_hhi,
        "payer_volume_share_limit": thresholds.payer_volume_share,
        "venue_hhi_limit": thresholds.payer_concentration_hhi,
    }
    share_above = _above(payer_volume_share, unknown_share, thresholds.payer_volume_share)
    hhi_above = None if venue_hhi is None else venue_hhi > thresholds.payer_concentration_hhi
    outcome: Outcome = "met" if share_above and hhi_above else "not_met"
    if outcome == "not_met" and share_above is not False and hhi_above is not False:
        outcome = "cannot_tell"
    unknown = f"; what venues with {unknown_share:.1%} of volume pay is unknown" if unknown_share else ""
    reason = (
        f"net payers get {_share(payer_volume_share)} of volume (limit {thresholds.payer_volume_share:.0%}), "
        f"venue HHI is {_number(venue_hhi)} (limit {thresholds.payer_concentration_hhi:.2f}){unknown}"
    )
    return ThresholdResult(id="payer_concentration", outcome=outcome, reason=reason, inputs=inputs)


def _worse(word: Word) -> tuple[Outcome, str]:
    if word == "worse":
        return "met", "worse"
    return ("cannot_tell", "") if word == "cannot_tell" else ("not_met", "not worse")


def _above(known: float | None, unknown: float, limit: float) -> bool | None:
    """Whether a share is above its limit, whatever the unknown part is; None where that decides."""
    if known is None:
        return None
    if known > limit:
        return True
    return None if known + unknown > limit else False


def _share(value: float | None) -> str:
    return "an unknown share" if value is None else f"{value:.1%}"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"
