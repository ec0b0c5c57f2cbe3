"""Answers of the questionnaire as claims, each tested against what the router did.

A check never accuses on silence: where the answer says nothing that can be tested, or the record shows too little, the
result is `cannot tell`, with the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.analysis.conflict.judge import AT_COST, NO_COST
from routeproof.app.analysis.routing.on_file import CANNOT_TELL, CONTRADICTED, SUPPORTED
from routeproof.app.provider.file import stance_of
from routeproof.rules.announcements import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from routeproof.policy.analysis.routing import RoutingPolicy

Row = dict[str, Any]
_MIC = re.compile(r"\b[A-Z][A-Z0-9]{3}\b")
_NONE = re.compile(r"\b(no|none|nothing|never)\b", re.IGNORECASE)
EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of one provider in a span.

    Attributes:
        fills: rows `venue, fills, with_route, examples` (execution ids) by venue that filled.
        routed: rows `venue, routes` by venue that orders were routed to.
        first_looks: rows `venue, first_routes, filled_share` of first routes of judged classes.
        payment: finding on the pull of payment, as `conflict_test` has it; `None` where nothing was judged.
        preference: `(estimate, lower, upper)` of predicted cost in a choice by quality alone; `None` likewise.
        changes: rows of `drift.change_rows`.
        scanned: order classes that could be scanned for changes.
        payments: rows `venue, month, payment_usd` of the table of payments.
        ties: rows `venue, kind, source` of the provider's own house.
        policy: thresholds.
    """

    fills: Sequence[Row]
    routed: Sequence[Row]
    first_looks: Sequence[Row]
    payment: Row | None
    preference: tuple[float, float, float] | None
    changes: Sequence[Row]
    scanned: int
    payments: Sequence[Row]
    ties: Sequence[Row]
    policy: RoutingPolicy


@dataclass(frozen=True, slots=True)
class Outcome:
    """`claim` as it was understood, the `test`, its `result` with a sentence `why`, and rows that show it."""

    claim: str
    test: str
    result: str
    why: str
    rows: tuple[Row, ...] = ()


def _venues_named(answer: str, record: Record) -> Outcome:
    named = sorted(set(_MIC.findall(answer)))
    claim, test = f"orders go only to {', '.join(named)}", "venues of all fills and routes against the venues named"
    if not named or not record.fills:
        why = "the answer names no MIC" if not named else "no fills in the span"
        return Outcome("a list of venues", test, CANNOT_TELL, why)
    other = tuple(row for row in (*record.fills, *record.routed) if row["venue"] not in named)
    if other:
        return Outcome(
            claim, test, CONTRADICTED, f"orders went to {_names(other)}, which the answer does not name", other
        )
    return Outcome(claim, test, SUPPORTED, f"all fills were at {len(record.fills)} of the venues named")


def _price_first(answer: str, record: Record) -> Outcome:
    words = re.findall(r"price|size|speed|likelihood|cost", answer.lower())
    test = "whether venues of lower predicted cost are tried first more often, other quality equal"
    if not words or words[0] != "price":
        return Outcome("a ranking of factors", test, CANNOT_TELL, "the answer does not put price first")
    if record.preference is None:
        return Outcome("price comes first", test, CANNOT_TELL, "too few orders or days to fit the choice of venue")
    estimate, lower, upper = record.preference
    row = ({"log_odds_per_cent_per_share": estimate, "lower": lower, "upper": upper},)
    if upper < 0:
        return Outcome("price comes first", test, SUPPORTED, "venues of lower predicted cost are preferred", row)
    if lower > 0:
        return Outcome("price comes first", test, CONTRADICTED, "venues of higher predicted cost are preferred", row)
    return Outcome("price comes first", test, CANNOT_TELL, "the interval holds both", row)


def _fees_in_ranking(answer: str, record: Record) -> Outcome:
    stance, test = stance_of(answer), "pull of net payment on the choice of venue, and what it costs customers"
    if record.payment is None or record.payment["p"] is None or stance == "unclear":
        why = "the answer begins neither with yes nor with no" if stance == "unclear" else "the pull cannot be judged"
        return Outcome("fees and rebates in the ranking", test, CANNOT_TELL, why)
    verdict, row = record.payment["verdict"], (record.payment,)
    pulled = verdict in (AT_COST, NO_COST)
    claim = "fees and rebates enter the ranking" if stance == "yes" else "fees and rebates do not enter the ranking"
    if stance == "yes":
        return Outcome(claim, test, SUPPORTED if pulled else CANNOT_TELL, verdict, row)
    if verdict == NO_COST:
        return Outcome(claim, test, CANNOT_TELL, f"{verdict}: a choice between equal prices would look alike", row)
    if not pulled:
        return Outcome(
            claim, test, CANNOT_TELL, f"{verdict}: that none was found does not show that there is none", row
        )
    return Outcome(claim, test, CONTRADICTED, verdict, row)


def _first_look(answer: str, record: Record) -> Outcome:
    test = "venues tried first whose first routes mostly come back unfilled"
    known = [row for row in record.first_looks if row["first_routes"] >= record.policy.least_first_looks]
    if stance_of(answer) != "no" or not known:
        why = "no venue was tried first often enough" if not known else "the answer does not say no"
        return Outcome("no venue gets a first look", test, CANNOT_TELL, why)
    looks = tuple(row for row in known if row["filled_share"] < record.policy.first_look_fill)
    if looks:
        return Outcome(
            "no venue gets a first look", test, CONTRADICTED, f"most first routes to {_names(looks)} came back", looks
        )
    if len(known) < len(record.first_looks):
        why = f"first routes mostly filled, but to some venues fewer than {record.policy.least_first_looks} are known"
        return Outcome("no venue gets a first look", test, CANNOT_TELL, why, tuple(known))
    return Outcome(
        "no venue gets a first look", test, SUPPORTED, "first routes to every venue mostly filled", tuple(known)
    )


def _notice_of_changes(answer: str, record: Record) -> Outcome:
    claim, test = "changes of routing logic are announced", "days of change against configurations and notices on file"
    if stance_of(answer) != "yes":
        return Outcome(claim, test, CANNOT_TELL, "the answer does not promise it")
    if not record.changes:
        why = "no change beyond chance: nothing had to be announced" if record.scanned else "too few days to scan"
        return Outcome(claim, test, CANNOT_TELL, why)
    silent = tuple(row for row in record.changes if row["status"] != ANNOUNCED)
    if silent:
        days = ", ".join(sorted({row["on"] for row in silent}))
        return Outcome(claim, test, CONTRADICTED, f"the choice of venue changed without notice on {days}", silent)
    return Outcome(claim, test, SUPPORTED, "each change that was found had been announced", tuple(record.changes))


def _payments(answer: str, record: Record) -> Outcome:
    claim, test = "nothing is received from venues", "the table of payments for this provider's flow"
    if not _NONE.search(answer):
        return Outcome("what is received for orders", test, CANNOT_TELL, "the answer denies nothing")
    if record.payments:
        why = f"{_names(record.payments)} paid for this flow; the table does not say who received it: ask"
        return Outcome(claim, test, CANNOT_TELL, why, tuple(record.payments))
    return Outcome(claim, test, CANNOT_TELL, "no payment for this flow is on record, which proves nothing")


def _ownership(answer: str, record: Record) -> Outcome:
    claim, test = "no interest in any venue", "the conflicts register and the table of venues"
    if not _NONE.search(answer):
        return Outcome("interests in venues", test, CANNOT_TELL, "the answer denies nothing")
    if record.ties:
        return Outcome(
            claim, test, CONTRADICTED, f"{_names(record.ties)} is of the provider's house", tuple(record.ties)
        )
    return Outcome(claim, test, CANNOT_TELL, "no tie is on record, which proves nothing")


def _every_route(answer: str, record: Record) -> Outcome:
    claim, test = "every route is reported by venue", "fills that follow a reported route to their venue"
    whole = sum(row["fills"] for row in record.fills)
    if stance_of(answer) != "yes" or not whole:
        why = "no fills in the span" if not whole else "the answer does not promise it"
        return Outcome(claim, test, CANNOT_TELL, why)
    share = sum(row["with_route"] for row in record.fills) / whole
    lost = tuple(row for row in record.fills if row["with_route"] < row["fills"])
    if share < record.policy.least_lineage_share:
        return Outcome(
            claim, test, CONTRADICTED, f"{1 - share:.2%} of {whole} fills have no route to their venue", lost
        )
    return Outcome(claim, test, SUPPORTED, f"{share:.2%} of {whole} fills follow a route to their venue")


CHECKS: Mapping[str, Callable[[str, Record], Outcome]] = {
    "VEN-1": _venues_named,
    "ROU-1": _price_first,
    "ROU-4": _fees_in_ranking,
    "ROU-5": _first_look,
    "CHG-1": _notice_of_changes,
    "COI-1": _payments,
    "COI-2": _ownership,
    "RGT-1": _every_route,
}
"""Question to its check; the other questions have a figure beside them, or none: `app.provider.tested`."""


def _names(rows: Sequence[Row]) -> str:
    return ", ".join(sorted({row["venue"] for row in rows}))
