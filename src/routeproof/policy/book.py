"""The policy book: every dated rule and threshold the program reads, built from parsed TOML documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from routeproof.policy.dated import Dated, Grade, Timeline
from routeproof.policy.market_rules import AccessFeeCap, PrintConditions, RoundLots, SizeBuckets, TickRule
from routeproof.policy.numbers import with_shares
from routeproof.policy.thresholds import EvidenceStandards, FrameworkThresholds, IntakeLimits
from routeproof.vocab.errors import RefusedError, UsageError
from routeproof.vocab.fixed import to_fixed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

T = TypeVar("T")
Entry = dict[str, Any]
EVIDENCE_SHARES = ("confidence", "largest_order_share", "least_overlap", "false_discovery_rate")
FRAMEWORK_SHARES = (
    *("payer_volume_share", "payer_concentration_hhi", "venue_share_move", "payer_share_excess", "least_coverage"),
)
FIELDS = {"effective_from", "value", "citation", "grade", "unconfirmed", "note"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBook:
    """Timelines by subject. Margins are by metric name, print conditions by vendor, facts by their name."""

    size_buckets: Timeline[SizeBuckets]
    tick: Timeline[TickRule]
    access_fee_cap: Timeline[AccessFeeCap]
    round_lots: Timeline[RoundLots]
    rule_611: Timeline[bool]
    rule_605_layout: Timeline[str]
    odd_lot_quotes_on_sip: Timeline[bool]
    regular_hours: Timeline[tuple[str, str]]
    print_conditions: Mapping[str, Timeline[PrintConditions]]
    evidence: Timeline[EvidenceStandards]
    framework: Timeline[FrameworkThresholds]
    intake: Timeline[IntakeLimits]
    margins: Mapping[str, Timeline[float]]

    def margin(self, metric: str, period_start: date) -> Dated[float]:
        """Margin of `metric` in force at the period's start, else its first one (the verdict then is marked).

        Raises:
            RefusedError: if the metric has no margin: without one nothing is judged.
        """
        if metric not in self.margins:
            message = f"no verdict margin is set for {metric}: add one to the policy before judging it"
            raise RefusedError(message, where=metric)
        return self.margins[metric].on_or_first(period_start)

    def everything(self) -> tuple[Timeline[Any], ...]:
        """All timelines, for listing."""
        single = (
            *(self.size_buckets, self.tick, self.access_fee_cap, self.round_lots, self.rule_611),
            *(
                self.rule_605_layout,
                self.odd_lot_quotes_on_sip,
                self.regular_hours,
                self.evidence,
                self.framework,
                self.intake,
            ),
        )
        return (*single, *self.print_conditions.values(), *self.margins.values())


def policy_book(documents: Iterable[Mapping[str, Any]]) -> PolicyBook:
    """Build the book from parsed TOML documents; each subject is a list of dated entries.

    Raises:
        UsageError: for a missing or doubled subject, an unknown field or grade, or a general-knowledge value that
            is not marked `unconfirmed = true` (and the reverse).
    """
    subjects: dict[str, Any] = {}
    for document in documents:
        if doubled := subjects.keys() & document.keys():
            message = f"policy subjects given twice: {', '.join(sorted(doubled))}"
            raise UsageError(message)
        subjects.update(document)
    margins, conditions = subjects.get("margins", {}), subjects.get("print_conditions", {})

    def of(name: str, build: Callable[[Any], T]) -> Timeline[T]:
        return timeline(name, subjects.get(name, []), build)

    return PolicyBook(
        size_buckets=of("size_buckets", lambda v: SizeBuckets(basis=v["basis"], lower_bounds=tuple(v["lower_bounds"]))),
        tick=of("tick", lambda v: TickRule(**_fixed(v))),
        access_fee_cap=of("access_fee_cap", lambda v: AccessFeeCap(**_fixed(v))),
        round_lots=of("round_lots", _round_lots),
        rule_611=of("rule_611", bool),
        rule_605_layout=of("rule_605_layout", str),
        odd_lot_quotes_on_sip=of("odd_lot_quotes_on_sip", bool),
        regular_hours=of("regular_hours", lambda v: (v["open"], v["close"])),
        print_conditions={name: timeline(name, rows, _conditions(name)) for name, rows in conditions.items()},
        evidence=of("evidence", lambda v: EvidenceStandards(**with_shares(v, *EVIDENCE_SHARES))),
        framework=of("framework", lambda v: FrameworkThresholds(**with_shares(v, *FRAMEWORK_SHARES))),
        intake=of("intake", lambda v: IntakeLimits(**with_shares(v, "reject_share"))),
        margins={metric: timeline(f"margin of {metric}", rows, float) for metric, rows in margins.items()},
    )


def timeline(name: str, entries: list[Entry], build: Callable[[Any], T]) -> Timeline[T]:
    """Build one subject's timeline from its parsed entries."""
    return Timeline(name, tuple(_dated(name, entry, build) for entry in entries))


def _dated(name: str, entry: Entry, build: Callable[[Any], T]) -> Dated[T]:
    grade: Grade = entry.get("grade", "")
    unknown = entry.keys() - FIELDS
    if unknown or grade not in get_args(Grade) or not entry.get("citation"):
        message = f"expected {', '.join(sorted(FIELDS))} with a grade of {get_args(Grade)}, found {entry}"
        raise UsageError(message, where=name)
    if bool(entry.get("unconfirmed", False)) != (grade == "M"):
        message = f"a value of grade M, and only such a one, is marked unconfirmed = true; found {entry}"
        raise UsageError(message, where=name)
    return Dated(
        value=build(entry["value"]),
        effective_from=entry["effective_from"],
        citation=entry["citation"],
        grade=grade,
        note=entry.get("note", ""),
    )


def _fixed(value: Mapping[str, str]) -> dict[str, int]:
    return {key: to_fixed(text) for key, text in value.items()}


def _round_lots(value: Mapping[str, Any]) -> RoundLots:
    return RoundLots(up_to=tuple(to_fixed(text) for text in value["up_to"]), lots=tuple(value["lots"]))


def _conditions(vendor: str) -> Callable[[Mapping[str, Any]], PrintConditions]:
    return lambda value: PrintConditions(
        vendor=vendor, allowed_bits=tuple(int(bit, 16) for bit in value["allowed_bits_hex"])
    )
