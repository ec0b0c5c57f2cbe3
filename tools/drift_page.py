"""The page of `drift_simulation.py`: tables of what was measured, and what they do not show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from drift_measures import LOOKS, PROMISED_WAYS, STANDARDS, STREAMS, VENUE_STREAMS, WATCHES
from scipy import stats

from routeproof.evidence.baseline import Baselines, distance_sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drift_flow import Flow
    from drift_measures import Detection, Exits

SHOWN_LOOKS = (10, 15, 20, 30, 42, 63, 126, 250)
WITHIN = (20, 60, 125)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Results by task: the arguments that each was called with."""

    providers: int
    few: int
    seed: int
    alarms: dict[tuple[Any, ...], dict[str, int]]
    rivals: dict[tuple[Any, ...], dict[str, int]]
    ranks: dict[tuple[Any, ...], dict[str, int]]
    delays: dict[tuple[Any, ...], dict[int, Detection]]
    rival_delays: dict[tuple[Any, ...], dict[int, Detection]]
    exits: dict[tuple[Any, ...], Exits]


PAGE = """# Is the watch for drift right as often as promised?

Regenerate: `python tools/drift_simulation.py --providers {providers} --seed {seed} --day {day}`; run on {day}.
A provider has {streams} streams (4 metrics, 10 venues, 4 order types); each is held against 63 baseline days and looked
at on {looks} days. Unless said otherwise the level is estimated from the baseline days. What runs is the product's
code (`src/routeproof/evidence/drift.py`) at the shipped thresholds; the method is
[decision 0041](decisions/0041-drift-by-confidence-sequences.md).

**Promise: at most 5 % of providers without any drift get a false alarm, in any stream, at any of {looks} looks.**
The highest share measured where it is promised: **{worst}**.

## False alarms

{providers} providers a row. In brackets the upper end of the exact one-sided 95 % interval. z: the usual two-sample
test of the mean so far, run each day as if it were the only look and days were independent, at 5 % for each stream and
at 5 % / {streams}.

{alarms}

Volatility is switched for all streams of a provider at once, each day with chance 1 in 50, by a factor of 2.5. The
storm begins on the first watched day, after a calm baseline, and does not end. Shocks are scaled to a standard
deviation of 1. Streams are otherwise drawn independently, which gives the most chances of a false alarm.

## Burn-in

Nothing is said before {burn_in:g} effective days. From then on, this is how far the mean since the first watched day
must lie from the baseline, in day standard deviations. The alarm is that of one stream of {streams}; the exit test is
made for one stream. The correlation taken is what the stream's baseline shows plus {caution:g} standard errors, at most
{correlation:g}; for independent days it comes to about 0.2.

{reach}

Early alarms take a break of several standard deviations: single bad days are the business of the daily rules. Where
the baseline is estimated from 63 days, its own error stays however long one looks. A shift of less than {floor} day
standard deviations in one stream ({floor_correlated} at correlation 0.5) is therefore more likely missed than seen.

## Delay of detection

Looks from the first shifted day to the alarm: median, and share found within 20, 60 and 125 looks. Shifts are in
standard deviations of a day (over both regimes where volatility switches), from look 1 or from look 126 on, in one
stream of {streams} or in all {venue} streams of a venue. {few_streams} streams a row. A dash: fewer than half.

{delays}

## Exit from heightened monitoring

The worse end of the interval must clear the level by less than the margin (in day standard deviations). False: a
stream that stays worse by just the margin passes at any of {looks} looks; at most 5 % are promised. Recovered: it is
back at its level. {few_streams} streams a row.

{exits}

## Designs compared

Providers with a false alarm, of {providers} (bets on ranks: of {few}), and share of single streams with a shift of 1
day standard deviation found within 60 looks.

{rivals}

## In the program

- `drift show --provider P` shows every stream at its last look. A watch lasts for a calendar year: its baseline are the
  provider's first 63 sessions on record, none before October of the year before, and every later session of the year is
  a look. `--baseline-from` and `--baseline-to` choose other days, for looking only.
- The level is the agreement's where a clause in force measures what the stream does (price improvement and effective
  spread per share, route fill rate by shares, median time to execution; of all rows, or of one `order_group`, venue or
  `order_class=market`), by the firm's own figures and bounded on the worse side. Only days since the agreement's first
  day are then looked at. A clause without a venue is about all venues together: a single venue is held against its own
  past.
- On the day of an alarm the rule `quality_drift` makes a finding, one for each stream, all of a provider in one
  incident. A later sequence that finds the stream still worse tells it again; no sequence does so twice.
- The values are dated policy: `policy propose` with the key `drift` (or `drift.alpha` and so on). What is promised here
  is promised for the shipped ones.
- An exit test of heightened monitoring with `within` passes at a look when the worse end of the sequence over all days
  since monitoring began lies within so much of the level, and so for every metric under `also`. `remediation show` has
  the level and where it comes from, both ends and the bound.

## What this does not show

- Days that hang together more than is allowed ({correlation:g}) break the promise: the last row of the first table. A
  firm whose days do sets `allowed_correlation` higher and waits longer.
- Silence does not show that nothing moved; the table of delays says what can be missed.
- A change of mix (symbols, sizes) that moves a stream's mean is a shift here. What caused it is found by comparing
  like with like.
- Skewed days are simulated as lognormal with a skewness of 6, outside the promise. The false alarms come from streams
  whose worse side is that of the short tail (a price improvement that is mostly small and rarely large), above all
  against an agreed level: hold those against an estimated one. Where the long tail is the worse side, as with latency
  and effective spread, there were none in 100 providers. Rarer and larger outliers are not simulated, nor streams that
  do not trade on most days.
- The thresholds were settled on earlier draws with other seeds. Another seed is a legitimate challenge.
"""


def page(measured: Measured, day: str) -> str:
    """Render everything."""
    return PAGE.format(
        providers=measured.providers,
        seed=measured.seed,
        day=day,
        streams=STREAMS,
        looks=LOOKS,
        venue=VENUE_STREAMS,
        few=measured.few,
        few_streams=f"{measured.few * STREAMS:,}",
        worst=_percent(max(promised_shares(measured))),
        burn_in=STANDARDS.burn_in_days,
        correlation=STANDARDS.allowed_correlation,
        caution=STANDARDS.correlation_caution,
        alarms="\n".join(_alarms(measured)),
        reach="\n".join(_reaches()),
        floor=f"{_far_reach(0.0):.1f}",
        floor_correlated=f"{_far_reach(STANDARDS.allowed_correlation):.1f}",
        delays="\n".join(_delays(measured)),
        exits="\n".join(_exits(measured)),
        rivals="\n".join(_rivals(measured)),
    )


def promised_shares(measured: Measured) -> list[float]:
    """Share of providers with a false alarm, for each flow and way that the promise covers."""
    promised = [(task[1], found) for task, found in measured.alarms.items() if task[0].promised]
    return [found[way] / providers for providers, found in promised for way in PROMISED_WAYS]


def _percent(share: float) -> str:
    return f"{100.0 * share:.1f} %"


def _head(*names: str) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield "|---" * len(names) + "|"


def _alarms(measured: Measured) -> Iterator[str]:
    yield from _head("days", "promised", *WATCHES)
    for (flow, count, *_), found in measured.alarms.items():
        cells = (
            _counted(found[way], count) if way in PROMISED_WAYS else _percent(found[way] / count) for way in WATCHES
        )
        yield f"| {flow.name} | {'yes' if flow.promised else 'no'} | {' | '.join(cells)} |"


def _counted(hits: int, count: int) -> str:
    above = float(stats.beta.ppf(0.95, hits + 1, count - hits)) if hits < count else 1.0
    return f"**{_percent(hits / count)}** ({_percent(above)})"


def _reach(correlation: float, alpha: float, *, known: bool) -> list[float]:
    one, days = np.ones(1), np.array([63.0])
    baseline = Baselines(0.0 * one, one, days, days, correlation * one)
    held = baseline.agreed(0.0 * one) if known else baseline
    flat = np.zeros((1, LOOKS))
    return [float(x) for x in distance_sequence(flat, flat + 1.0, held, alpha, STANDARDS).reach[0]]


def _far_reach(correlation: float) -> float:
    return min(_reach(correlation, STANDARDS.alpha / STREAMS / 2.0, known=False))


def _reaches() -> Iterator[str]:
    yield from _head("test", "correlation taken", "level", *(f"look {look}" for look in SHOWN_LOOKS))
    drift, leave = STANDARDS.alpha / STREAMS / 2.0, STANDARDS.exit_alpha
    for name, alpha, correlation, known in (
        ("alarm", drift, 0.0, False),
        ("alarm", drift, 0.25, False),
        ("alarm", drift, 0.5, False),
        ("alarm", drift, 0.5, True),
        ("exit", leave, 0.5, False),
        ("exit", leave, 0.5, True),
    ):
        reach = _reach(correlation, alpha, known=known)
        cells = " | ".join(f"{reach[look - 1]:.2f}" if np.isfinite(reach[look - 1]) else "none" for look in SHOWN_LOOKS)
        yield f"| {name} | {correlation:g} | {'agreed' if known else 'estimated'} | {cells} |"


def _median(delays: Any) -> str:  # noqa: ANN401 - an array
    middle = float(np.median(delays)) if len(delays) else np.inf
    return f"{middle:.0f}" if np.isfinite(middle) else "-"


def _delays(measured: Measured) -> Iterator[str]:
    yield from _head("days", "shift", "from look", "one stream: median", *_within(), "venue: median", *_within())
    for (flow, shift, start, *_), found in measured.delays.items():
        cells = [cell for together in (1, VENUE_STREAMS) for cell in _detected(found[together])]
        yield f"| {flow.name} | {shift:g} | {start + 1} | {' | '.join(cells)} |"


def _within() -> list[str]:
    return [f"in {looks}" for looks in WITHIN]


def _detected(one: Detection) -> list[str]:
    return [_median(one.delays), *(f"{100.0 * one.within(looks):.0f} %" for looks in WITHIN)]


def _exits(measured: Measured) -> Iterator[str]:
    yield from _head("days", "margin", "level", "false", "recovered: median looks", "in 60", "in 125", "in 250")
    for (flow, margin, known, *_), found in measured.exits.items():
        shares = " | ".join(f"{100.0 * float((found.delays <= looks).mean()):.0f} %" for looks in (60, 125, LOOKS))
        level = "agreed" if known else "estimated"
        false = _percent(found.false_share)
        yield f"| {flow.name} | {margin:g} | {level} | {false} | {_median(found.delays)} | {shares} |"


def _rivals(measured: Measured) -> Iterator[str]:
    flows = list(dict.fromkeys(task[0] for task in measured.rivals))
    found_in = list(dict.fromkeys((task[0], task[2]) for task in measured.rival_delays))
    heads = (f"found, {flow.name}, from look {start + 1}" for flow, start in found_in)
    yield from _head("design", *(f"false, {flow.name}" for flow in flows), *heads)
    for results in (measured.rivals, measured.ranks):
        for name in next(iter(results.values())):
            false = (_percent(found[name] / task[1]) for task, found in results.items())
            yield f"| {name} | {' | '.join(false)} | {' | '.join(_found(measured, name, *key) for key in found_in)} |"


def _found(measured: Measured, name: str, flow: Flow, start: int) -> str:
    for task, found in measured.rival_delays.items():
        if (task[0], task[2], task[5]) == (flow, start, name):
            return f"{100.0 * found[1].within(60):.0f} %"
    return "not run"
