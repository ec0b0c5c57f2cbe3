"""Reports on record: put there as they are made, and found again by their bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import count
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from routeproof.app.disclosure.made import name_of_part
from routeproof.app.objects.act import act, project_object
from routeproof.app.objects.amended_day import program_fact
from routeproof.app.objects.fold import object_of, roster_of
from routeproof.app.objects.governed import ids_of, objects_of
from routeproof.governance.decider import Command, RefusalError
from routeproof.governance.report import PUBLIC, REPORT, Building
from routeproof.stores.evidence import ExpiredError
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.context import Context
    from routeproof.app.disclosure.made import Made
    from routeproof.governance.report import Edition, Report
    from routeproof.ledger.entry import Fact
    from routeproof.stores.records import Records
    from routeproof.stores.records_database import Database

MEDIA_TYPES = {".xml": "application/xml", ".csv": "text/csv", ".dat": "text/plain", ".txt": "text/plain"}
TEXT = "text/plain; charset=utf-8"
TOML = "application/toml"


@dataclass(frozen=True, slots=True)
class Found:
    """A report on record and the version of it that has certain bytes."""

    report: Report
    edition: Edition

    @property
    def is_current(self) -> bool:
        """Whether that version counts."""
        return self.edition.number == self.report.current.number


def record_built(context: Context, made: Made, name: str) -> str | None:
    """Put a report on record as it was made; the same bytes again change nothing.

    Under the person of the context, else for the account that runs the program.

    Returns:
        Its id; null where a signed version of the same report stands and differs: that is a restatement's matter.

    Raises:
        RefusalError: the person may not build reports.
    """
    content = made.content
    same = find(context, content, str(made.options.get("provider") or ""))
    if same is not None and (same.report.kind, same.report.period) == (made.kind, made.period):
        return same.report.id
    object_id = report_id(context, made)
    standing = object_of(context.records, REPORT, object_id)
    if standing is not None and standing.state.state != "built":
        return None
    stored: list[str] = []
    body = {
        "kind": made.kind,
        "period": made.period,
        "customer": _put(context, stored, made.customer.encode(), TEXT, "customer.txt"),
        "content": content_of(context, made, name, stored),
    }
    try:
        if context.acting is not None:
            act(context, REPORT, object_id, "build", body, stored=stored)
        else:
            _by_program(context, object_id, body, stored)
    except (RefusalError, UsageError):
        for sha256 in stored:
            context.evidence.destroy(sha256)
        raise
    return object_id


def content_of(context: Context, made: Made, name: str, stored: list[str]) -> dict[str, Any]:
    """The members of a version; its bytes go into the evidence store, `stored` collects the hashes."""
    media_type = MEDIA_TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")
    return {
        "sha256": made.sha256 if made.kind in PUBLIC else "",
        "file": _put(context, stored, made.content, media_type, name),
        "name": name if made.kind in PUBLIC else f"{made.kind}.xml",  # a customer's may say who it is
        "orders_in": made.orders_in if made.basis else None,
        "excluded": dict(made.excluded),
        "options": dict(made.options),
        "basis": dict(made.basis),
        "aspects": _put(context, stored, made.aspects.encode(), TOML, "material_aspects.toml") or None,
        "drafts": made.drafts,
    }


def _put(context: Context, stored: list[str], content: bytes, media_type: str, name: str) -> str:
    if not content:
        return ""
    stored.append(context.evidence.put(content, media_type=media_type, name=name))
    return stored[-1]


def report_id(context: Context, made: Made) -> str:
    """Its name: kind and period, and of one provider's part the provider.

    A customer's report has a number, since a name would give the customer away.
    """
    if made.kind in PUBLIC:
        reporter, provider = (str(made.options.get(name) or "") for name in ("reporter", "provider"))
        part = name_of_part(provider) if provider else ""
        return "-".join(word for word in (made.kind, reporter, part, made.period) if word)
    names = set(ids_of(context.records, REPORT))
    return next(f"{made.kind}-{number}" for number in count(1) if f"{made.kind}-{number}" not in names)


def _by_program(context: Context, object_id: str, body: dict[str, Any], stored: Sequence[str]) -> None:
    """The same decision as a person's, recorded for the account that runs the program."""
    building = Building.model_validate(body)

    def decide(records: Records) -> list[Fact]:
        before = object_of(records, REPORT, object_id)
        command = Command(
            verb="build",
            id=object_id,
            body=building,
            by=context.actor.name,
            role=context.actor.role,
            on=context.business_day,
            roster=roster_of(records),
        )
        (event,) = REPORT.verbs["build"].decide(before.state if before else None, command)
        return [program_fact(context, REPORT.stream(object_id), event.type, dict(event.payload), stored)]

    def project(database: Database, indexes: list[int]) -> None:
        version = object_of(context.records, REPORT, object_id) if indexes else None
        if version is not None:
            project_object(database, REPORT, version)

    context.records.decide(decide, project)


def find(context: Context, content: bytes, provider: str | None = None) -> Found | None:
    """The report of which some version has these bytes; the one where it is the current version, if any.

    Args:
        context: the workspace.
        content: bytes of a file.
        provider: only reports of this provider's part, or with "" of the whole firm; if omitted any, the firm's first.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    found = [
        Found(report, edition)
        for report in objects_of(context.records, REPORT)
        if provider is None or report.provider == provider
        for edition in report.editions
        if _has(context, edition, content, sha256)
    ]
    return max(found, key=lambda item: (item.is_current, not item.report.provider), default=None)


def _has(context: Context, edition: Edition, content: bytes, sha256: str) -> bool:
    if edition.content.sha256:
        return edition.content.sha256 == sha256
    try:
        return context.evidence.get(edition.content.file).content == content
    except ExpiredError:
        return False


def sha256_of_edition(context: Context, edition: Edition) -> str:
    """SHA-256 of the file's bytes; empty where a customer's file has expired."""
    if edition.content.sha256:
        return edition.content.sha256
    try:
        return hashlib.sha256(context.evidence.get(edition.content.file).content).hexdigest()
    except ExpiredError:
        return ""
