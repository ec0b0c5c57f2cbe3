"""A notice: what leaves the firm about a finding or a case; fields of known shapes, and no data of a customer."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.rules.rule import SEVERITIES
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LETTER = r"(?=[^A-Za-z]*[A-Za-z])"  # a bare number may be an account
SHAPES = {
    "finding": re.compile(r"(?:[a-z][a-z0-9_]{0,63}[.:-])?[0-9a-f]{12,64}"),
    "case": re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}"),
    "event": re.compile(r"[a-z][a-z_]{0,39}"),
    "occurrence": re.compile(r"[a-z0-9_.:-]{0,40}"),
    "rule": re.compile(r"[a-z][a-z0-9_]{0,63}"),
    "severity": re.compile("|".join(SEVERITIES)),
    "provider": re.compile(_LETTER + r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
    "venue": re.compile(_LETTER + r"[A-Za-z0-9][A-Za-z0-9._-]{0,15}"),
    "symbol": re.compile(r"[A-Z][A-Z0-9 ./+=^-]{0,15}"),
    "observed": re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,9})?"),
    "threshold": re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,9})?"),
    "unit": re.compile("ns|us|ms|s|min|days|bps|percent|share|ratio|count"),
}
"""What each field of text looks like, whole. Units of sizes, prices and money are not among them: with symbol, day and
venue they would tell a customer's order."""
FIGURES = ("observed", "threshold", "unit")
PLACES = 6
NEEDED = ("rule", "severity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a channel is told, made of codes and counts; a text that has not its field's shape cannot be in one.

    There is no field for an order, an execution, an account or a text that a person wrote: whoever is entitled looks
    them up by `finding` or `case`. An order id is not shown as a hash either: ids are numbers in a row, and whoever
    hashes them all has them back.

    Attributes:
        rule: name of the rule.
        severity: of the finding or the case.
        finding: id of the finding, a hash; empty for a case.
        case: id of the case; empty where there is none.
        event: what happened to the case, such as `opened` or `overdue`; empty for a finding.
        occurrence: what tells two occasions apart: the index of the entry that recorded the finding as it now is, or
            the event of the case.
        amended: whether the finding says something else than it was recorded with first.
        day: trading day; None where it belongs to none.
        provider, venue, symbol: concerned; empty where there is none.
        observed, threshold, unit: figures as text, to six places; empty where the figure is a size, a price or money,
            or no number.
        count: findings behind it.
        withheld: names of fields that were left out because their text had not the field's shape.

    Raises:
        UsageError: for a text of another shape, or neither a finding nor an event of a case.
    """

    rule: str
    severity: str
    finding: str = ""
    case: str = ""
    event: str = ""
    occurrence: str = ""
    day: date | None = None
    provider: str = ""
    venue: str = ""
    symbol: str = ""
    observed: str = ""
    threshold: str = ""
    unit: str = ""
    count: int = 1
    amended: bool = False
    withheld: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Hold every field against its shape."""
        for name, shape in SHAPES.items():
            if (getattr(self, name) or name in NEEDED) and not shape.fullmatch(getattr(self, name)):
                message = f"expected {name} of a notice as {shape.pattern}, found another text: it may name a customer"
                raise UsageError(message, where=name)
        if bool(self.finding) == bool(self.event) or (self.event and not self.case):
            message = "expected a notice of a finding, or of an event of a case: give the id of one of them"
            raise UsageError(message, where="finding")
        if not set(self.withheld) <= set(SHAPES) or self.count < 1:
            message = "expected names of fields in withheld and a count from 1"
            raise UsageError(message, where="withheld")

    @property
    def key(self) -> str:
        """The same for the same occasion: a channel is told once of it, however often it is handed over."""
        if self.finding:
            return f"finding/{self.finding}" + (f"/{self.occurrence}" if self.occurrence else "")
        return f"case/{self.case}/{self.event}/{self.occurrence}"


def notice_of_finding(finding: Mapping[str, Any], entry: int | None = None, *, amended: bool = False) -> Notice:
    """The notice of a finding as it is recorded or listed: named fields are taken, all others are left behind.

    The finding's own sentence is left behind too: it may name the order. `entry` is the index of the entry that has the
    finding as it is: a finding that was amended is told again.

    Raises:
        UsageError: if its id, rule or severity has not the field's shape; what else has not is named in `withheld`.
    """
    given = {
        "finding": finding.get("id"),
        **{name: finding.get(name) for name in ("case", "count", "rule", "severity", "day")},
        **{name: finding.get(name) for name in ("provider", "venue", "symbol", "unit")},
        **{name: _rounded(finding.get(name)) for name in ("observed", "threshold")},
        "occurrence": entry,
        "amended": amended,
    }
    return _notice(given, needed=("finding", *NEEDED))


def notice_of_case(event: Mapping[str, Any]) -> Notice:
    """The notice of an event of a case: `case, event, occurrence, rule, severity, day, provider, count` are taken.

    Raises:
        UsageError: if a needed field (case, event, occurrence, rule, severity) has not the field's shape.
    """
    names = ("case", "event", "occurrence", "rule", "severity", "day", "provider", "venue", "symbol", "count")
    given = {name: event.get(name) for name in names}
    return _notice(given, needed=("case", "event", "occurrence", *NEEDED))


def _notice(given: dict[str, Any], needed: tuple[str, ...]) -> Notice:
    texts = {name: "" if value is None else str(value) for name, value in given.items() if name in SHAPES}
    wrong = [name for name, text in texts.items() if text and not SHAPES[name].fullmatch(text) and name not in needed]
    if "unit" in wrong or not texts.get("unit"):
        # A figure without its unit says nothing, and one of a unit that is withheld says too much.
        wrong += [name for name in FIGURES if texts.get(name) and name not in wrong]
    kept = {name: text for name, text in texts.items() if name not in wrong}
    count = given["count"]
    return Notice(
        **kept,
        day=_day(given["day"]),
        count=count if type(count) is int and count >= 1 else 1,
        amended=bool(given.get("amended")),
        withheld=tuple(name for name in SHAPES if name in wrong),
    )


def _rounded(figure: object) -> str:
    """A number, or the text of one, to six places; another text as it is."""
    text = "" if figure is None else str(figure)
    try:
        return f"{float(text):.{PLACES}f}".rstrip("0").rstrip(".")
    except ValueError:
        return text


def _day(value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        message = "expected the day of a notice as YYYY-MM-DD, found another text"
        raise UsageError(message, where="day") from error


def sentence_of(notice: Notice) -> str:
    """What a supervisor would say, made of the notice's fields alone."""
    what = notice.rule.replace("_", " ")
    head = f"Case {notice.case} {notice.event.replace('_', ' ')}: {what}" if notice.event else what.capitalize()
    head += ", amended" if notice.amended else ""
    figures = f", {notice.observed} {notice.unit}" if notice.observed else ""
    figures += f" against {notice.threshold} {notice.unit}" if notice.threshold else ""
    where = " at ".join(part for part in (notice.symbol, notice.venue) if part)
    parts = (where, f"provider {notice.provider}" if notice.provider else "", str(notice.day) if notice.day else "")
    told = "".join(f", {part}" for part in parts if part)
    many = f"; {notice.count} findings" if notice.count > 1 else ""
    return f"{head} ({notice.severity}){figures}{told}{many}."


def told(notice: Notice) -> dict[str, Any]:
    """The notice as JSON members with its sentence; what is empty is left out."""
    members: dict[str, Any] = {}
    for field in fields(notice):
        value = getattr(notice, field.name)
        if value not in ("", None, (), False):
            members[field.name] = value.isoformat() if isinstance(value, date) else value
    return {**members, "withheld": list(notice.withheld), "sentence": sentence_of(notice)}


def notice_from(members: Mapping[str, Any]) -> Notice:
    """The notice that `told` gave these members for.

    Raises:
        UsageError: if they are none.
    """
    own = {field.name for field in fields(Notice)}
    given = {name: value for name, value in members.items() if name in own}
    return Notice(**{**given, "day": _day(given.get("day")), "withheld": tuple(given.get("withheld", ()))})
