"""The page of `detection.py`: tables of what was found of whom, and what they do not show."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from detection_measures import INCIDENTS, PER_ORDERS, SPEAKS_OF, Cell, Honesty, rate_of, wilson

from routeproof.lab.cheats import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WANTED = {"gross": 0.95, "middle": 0.60}
"""Share of providers that is to be found, by grade."""
MOST_CASES = 1.0
"""Actionable cases per 10,000 honest orders that are too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Everything that the page shows."""

    command: str
    day: str
    policy: str
    machine: str
    seeds: tuple[int, ...]
    sessions: int
    honest_sessions: int
    prior: int
    orders: int
    quotes: int
    fresh: list[Cell]
    after: list[Cell]
    honest: Honesty


PAGE = """# What the rules find, how soon, and what they say of honest flow

Regenerate: `make detection`, that is `{command}`; run on {day}. Policy of the rules, fixed before: `{policy}`. Seeds
{seeds}; none of them was used to settle a threshold. Machine: {machine}.

The [simulator](../src/routeproof/lab) plays providers. Each fault at each intensity is a provider of its own, with some
{orders} parent orders and {quotes} best quotes a session, clocks that drift by up to 20 ms, and a hard quarter: stress
days, a halt, an outage of each provider, a log that comes truncated and again whole, another whose end comes late. The
firm has taken in each provider's list of venues and nothing else was agreed. Each session is judged by
`exceptions run` as a firm would. A provider is *found* when a finding that opens a case is about its fault: severity
medium or higher, of a rule in the last table, on a session on which the fault acts.

| | Found | Wanted |
| --- | --- | --- |
{summary}

## A fault that is there from the first day

{sessions} sessions, no history before them: what is not found within them counts as missed (20 sessions are allowed).
In brackets the 95 % interval (Wilson). Delay: sessions, 1 = the first one. By rule: providers found by it, and their
median delay.

{fresh}

## A fault that begins after {prior} clean sessions

Rules that compare a provider with its own past can speak here.

{after}

## Honest flow

{honest}

## Which rules speak of which fault

{rules}

## What this does not show

- Where a fault acts from the first day, no rule can say that anything *changed*. Found are then only what is wrong in
  itself: a venue nobody disclosed, a fee paid for nothing, a payer that improves less than others, prices, times and
  reports that contradict each other. `routing_share_drift`, `low_fill_rate`, `adverse_markout` and
  `payment_up_quality_down` cannot tell without at least ten sessions of history.
- `unexpected_venue` needs the list in the provider's file, `vendor_file_incomplete` the provider's report,
  `dearer_venue` fee schedules and best quotes that name their venue. Without them the run says that the rule could not
  judge.
- Without quotes of single venues, `fade` judges by the best quote of the market.
- A leaving of the ranking that costs nothing (to a venue as cheap) is seen by `routing_share_drift` alone.
- A provider that mixes several faults, or turns one on for hours, is not simulated. Smaller flows show less: halve the
  orders and the mild grades take longer, or stay unseen.
- The simulator's orders, markets and faults are the authors' idea of them. Other seeds are a legitimate challenge, and
  so are other faults.
"""


def page(measured: Measured) -> str:
    """Render everything."""
    return PAGE.format(
        command=measured.command,
        day=measured.day,
        policy=measured.policy,
        seeds=", ".join(map(str, measured.seeds)),
        machine=measured.machine,
        orders=measured.orders,
        quotes=f"{measured.quotes:,}",
        summary="\n".join(_summary(measured)),
        sessions=measured.sessions,
        fresh="\n".join(_table(measured.fresh)),
        prior=measured.prior,
        after="\n".join(_table(measured.after)),
        honest=_honest(measured.honest, measured.honest_sessions),
        rules="\n".join(_rules()),
    )


def passed(measured: Measured) -> bool:
    """Whether what is wanted was reached."""
    shares = {grade: rate_of(measured.fresh, grade) for grade in WANTED}
    enough = all(found >= WANTED[grade] * n for grade, (found, n) in shares.items())
    return enough and 10_000 * measured.honest.cases < MOST_CASES * measured.honest.orders


def _summary(measured: Measured) -> Iterator[str]:
    for grade, wanted in WANTED.items():
        found, n = rate_of(measured.fresh, grade)
        yield f"| Providers with a {grade} fault from the first day | {found} of {n} | {wanted:.0%} |"
    honest = measured.honest
    rate = 10_000 * honest.cases / honest.orders
    yield f"| Cases per 10,000 honest orders | {rate:.2f} | < {MOST_CASES:g} |"


def _table(some: Sequence[Cell]) -> Iterator[str]:
    yield "| Fault | Intensity | Found | Median delay | By rule |"
    yield "| --- | --- | --- | --- | --- |"
    for cell in some:
        found, n = len(cell.delays), cell.providers
        low, high = wilson(found, n)
        delay = f"{median(cell.delays):g}" if cell.delays else "-"
        rules = ", ".join(f"`{rule}` {count} ({at:g})" for rule, (count, at) in cell.by_rule.items())
        amount = f"{cell.grade}: {cell.intensity:g} {BY_NAME[cell.cheat].unit}"
        yield f"| {cell.cheat} | {amount} | {found} of {n} ({low:.0%} to {high:.0%}) | {delay} | {rules or '-'} |"


def _honest(honest: Honesty, sessions: int) -> str:
    false = sum(honest.false.values())
    said = (
        f"{honest.orders:,} parent orders of providers without a fault over {sessions} sessions: {honest.cases} "
        f"actionable cases. {honest.incidents} of them tell of an outage that did happen (one case each). The other "
        f"{false} are false: {PER_ORDERS * false / honest.orders:.1f} per 100,000 orders."
    )
    lines = [said, ""]
    if honest.false:
        lines += ["| False cases, by their rules | n |", "| --- | --- |"]
        lines += [f"| {', '.join(f'`{rule}`' for rule in rules)} | {n} |" for rules, n in sorted(honest.false.items())]
    return "\n".join(lines).rstrip()


def _rules() -> Iterator[str]:
    yield "| Fault | What happens | Rules |"
    yield "| --- | --- | --- |"
    for cheat, rules in SPEAKS_OF.items():
        yield f"| {cheat} | {BY_NAME[cheat].what} | {', '.join(f'`{rule}`' for rule in rules)} |"
    incidents = ", ".join(f"`{rule}`" for rule in sorted(INCIDENTS))
    yield f"| none | an outage, a gap: what did happen | {incidents} |"
