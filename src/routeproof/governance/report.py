"""A public or customer report on record: built, signed by another person, published, restated with what changed.

A version is never changed: what differs later is a restatement, which is signed and published anew.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, JsonValue

from routeproof.governance.decider import (
    Body,
    Command,
    Event,
    Happened,
    Noun,
    State,
    Verb,
    absent,
    another_person,
    existing,
    in_state,
    refuse,
)
from routeproof.governance.part import Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind = Literal["605-detailed", "605-summary", "605-legacy", "606a1", "606b1", "606b3"]
PUBLIC: tuple[Kind, ...] = ("605-detailed", "605-summary", "605-legacy", "606a1")
"""Reports that are published; the others go to one customer, who asked."""


class Content(Part):
    """One version's file and what it was made from.

    Attributes:
        sha256: of the file's bytes; empty for a customer's report, since a hash without a nonce could be tried out.
        file: the bytes, by the hash of their envelope.
        name: of the file as it was written.
        orders_in: orders that were looked at; null where the file came from elsewhere.
        excluded: of them, those in no statistic, by reason.
        options: what was asked for, so that it can be made again.
        basis: manifest, policy, definitions and program version.
        aspects: texts that a person gave, by the hash of their envelope; null if none.
        drafts: texts in it that a person has still to edit.
    """

    sha256: str = ""
    file: str
    name: str
    orders_in: int | None = None
    excluded: dict[str, int] = Field(default_factory=dict)
    options: dict[str, JsonValue] = Field(default_factory=dict)
    basis: dict[str, str] = Field(default_factory=dict)
    aspects: str | None = None
    drafts: int = 0


class Building(Body):
    """A file as it was made; `customer` stands by the hash of its envelope."""

    kind: Kind
    period: str
    customer: str = ""
    content: Content


class Signing(Body):
    """SHA-256 of the file that was read, or the version hash of the report; the one that stands if omitted."""

    version: str | None = None


class Publishing(Body):
    """Where a report stands, and since when; the business date if omitted."""

    where: str = Field(min_length=1)
    published_on: date | None = None


class Restating(Body):
    """Why there is a new version, and which rows of the file differ.

    Attributes:
        reason: in words.
        content: the new file.
        diff: all differences, as a JSON file by the hash of its envelope.
        changed, added, removed: how many values and rows differ.
    """

    reason: str = Field(min_length=1)
    content: Content
    diff: str
    changed: int = Field(ge=0)
    added: int = Field(ge=0)
    removed: int = Field(ge=0)
    kept: ClassVar[tuple[str, ...]] = ("reason",)


class Edition(Part):
    """A version as recorded; `diff` is against the one before, null for the first."""

    number: int
    content: Content
    by: str
    on: date
    reason: str = ""
    diff: str | None = None
    changed: int = 0
    added: int = 0
    removed: int = 0


class Signature(Part):
    """Who signed which version."""

    number: int
    by: str
    role: str
    on: date


class Publication(Part):
    """Which version stood where, since when."""

    number: int
    where: str
    on: date
    by: str


class Report(State):
    """A report: its versions, oldest first, the last one counts."""

    kind: Kind
    period: str
    customer: str = ""
    editions: tuple[Edition, ...]
    signatures: tuple[Signature, ...] = ()
    publications: tuple[Publication, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ("customer", "editions.*.reason")
    attached: ClassVar[tuple[str, ...]] = (
        "editions.*.content.file",
        "editions.*.content.aspects",
        "editions.*.diff",
    )
    unversioned: ClassVar[frozenset[str]] = frozenset({"state", "signatures", "publications"})

    @property
    def current(self) -> Edition:
        """The version that counts."""
        return self.editions[-1]

    @property
    def provider(self) -> str:
        """Whose part of the firm's orders it is about; empty where it is about all of them."""
        return str(self.current.content.options.get("provider") or "")


def _build(state: Report | None, command: Command) -> Sequence[Event]:
    body: Building = command.body
    if state is not None:
        in_state(state, command, "built")
        if (state.kind, state.period) != (body.kind, body.period):
            absent(state, command)
    return [Event("report.built", {"id": command.id, **body.model_dump(mode="json")})]


def _sign(state: Report | None, command: Command) -> Sequence[Event]:
    report = existing(state, command)
    in_state(report, command, "built", "signed")
    another_person(command, report.current.by, "made this version")
    number, seen = report.current.number, command.body.version
    stands = command.around["sha256"]
    if seen is not None and seen not in (stands, command.version_hash):
        refuse("outdated_version", f"expected the SHA-256 of the version that stands ({stands}), found {seen}")
    if any((item.number, item.by) == (number, command.by) for item in report.signatures):
        refuse("wrong_state", f"expected a person who has not signed, found that {command.by} signed version {number}")
    return [Event("report.signed", {"version_hash": command.version_hash, "number": number, "kind": report.kind})]


def _publish(state: Report | None, command: Command) -> Sequence[Event]:
    report = existing(state, command)
    body: Publishing = command.body
    if report.kind not in PUBLIC:
        refuse("not_permitted", f"a {report.kind} report goes to its customer alone: `routeproof disclosure deliver`")
    if report.provider:
        refuse(
            "not_permitted",
            f"a report of the orders given to {report.provider} alone is no report of the firm: make that one without "
            "--provider",
        )
    in_state(report, command, "signed")
    edition = report.current
    if edition.content.drafts:
        refuse(
            "incomplete",
            f"expected texts that a person wrote, found {edition.content.drafts} drafts: give them with "
            "--material-aspects, and make the report again",
            where=command.id,
        )
    on = body.published_on or command.on
    if on > command.on:
        refuse("incomplete", f"expected a day up to {command.on}, found {on}", where="published_on")
    what = {"number": edition.number, "where": body.where, "published_on": on.isoformat()}
    return [Event("report.published", {"kind": report.kind, "period": report.period, **what})]


def _restate(state: Report | None, command: Command) -> Sequence[Event]:
    report = existing(state, command)
    body: Restating = command.body
    if not body.changed + body.added + body.removed:
        refuse("wrong_state", f"expected a file that differs from version {report.current.number}, found none")
    return [Event("report.restated", {"kind": report.kind, "period": report.period, **body.model_dump(mode="json")})]


def _evolve(state: Report | None, happened: Happened) -> Report:
    payload = happened.event.payload
    if happened.event.type == "report.built":
        return _built(state, payload, happened)
    if state is None:
        message = f"expected report.built first, found {happened.event.type}"
        raise ValueError(message)
    if happened.event.type == "report.signed":
        signature = Signature(number=payload["number"], by=happened.by, role=happened.role, on=happened.on)
        return state.model_copy(update={"state": "signed", "signatures": (*state.signatures, signature)})
    if happened.event.type == "report.published":
        on = date.fromisoformat(payload["published_on"])
        stood = Publication(number=payload["number"], where=payload["where"], on=on, by=happened.by)
        return state.model_copy(update={"state": "published", "publications": (*state.publications, stood)})
    members = {name: payload[name] for name in ("content", "reason", "diff", "changed", "added", "removed")}
    return _with_edition(state, members, happened, state.editions)


def _built(state: Report | None, payload: Mapping[str, Any], happened: Happened) -> Report:
    """The first version; one that nobody signed is replaced by the next that is made."""
    if state is None:
        known = {name: payload[name] for name in ("id", "kind", "period", "customer")}
        edition = Edition(number=1, content=payload["content"], by=happened.by, on=happened.on)
        return Report.model_validate({**known, "state": "built", "editions": (edition,)})
    return _with_edition(state, {"content": payload["content"]}, happened, state.editions)


def _with_edition(state: Report, members: Mapping[str, Any], happened: Happened, before: Sequence[Edition]) -> Report:
    number = before[-1].number + 1
    edition = Edition.model_validate({**members, "number": number, "by": happened.by, "on": happened.on})
    return state.model_copy(update={"state": "built", "editions": (*before, edition)})


def _show(report: Report, _on: date, around: Mapping[str, Any]) -> dict[str, Any]:
    current = report.current
    return {
        **report.model_dump(mode="json"),
        "sha256": around.get("sha256") or current.content.sha256,
        "signed": any(item.number == current.number for item in report.signatures),
        "published": next((item.where for item in report.publications if item.number == current.number), None),
    }


REPORT: Noun[Report] = Noun(
    name="report",
    state=Report,
    verbs={
        "build": Verb(Building, _build),
        "sign": Verb(Signing, _sign, signs=True),
        "publish": Verb(Publishing, _publish),
        "restate": Verb(Restating, _restate),
    },
    evolve=_evolve,
    show=_show,
)
