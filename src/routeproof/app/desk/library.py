"""The library: every document that the record holds, by what it is, each with its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.governed import objects_of
from routeproof.app.objects.kept import readable
from routeproof.governance.disclosure import DISCLOSURE
from routeproof.governance.remediation.noun import REMEDIATION
from routeproof.governance.report import REPORT
from routeproof.governance.review.noun import REVIEW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from routeproof.app.context import Context

    Row = dict[str, Any]


def library(context: Context) -> dict[str, list[Row]]:
    """`packs`, `letters`, `reports`, `register`, each newest first.

    Every row has `id`, `period` (`2026Q3`, `2026-09`, `2026`, a day, or empty) and, but for the register, `files`: each
    with its `name`, `sha256` of the envelope, and whether it is `held` or has expired.
    """
    return {
        "packs": sorted(_packs(context), key=lambda row: (row["period"], row["id"]), reverse=True),
        "letters": sorted(_letters(context), key=lambda row: row["on"], reverse=True),
        "reports": sorted(_reports(context), key=lambda row: (row["period"], row["id"]), reverse=True),
        "register": sorted(_register(context), key=lambda row: (row["on"], row["id"]), reverse=True),
    }


def _packs(context: Context) -> Iterator[Row]:
    for review in objects_of(context.records, REVIEW):
        yield {
            "id": review.id,
            "period": review.quarter,
            "provider": review.provider,
            "state": review.state,
            "files": _files(context, review.pack),
            "minutes": review.minutes is not None,
        }


def _letters(context: Context) -> Iterator[Row]:
    for remediation in objects_of(context.records, REMEDIATION):
        state = readable(remediation, context.evidence)
        for letter in state.letters:
            yield {
                "id": letter.id,
                "remediation": state.id,
                "period": state.quarter,
                "provider": state.provider,
                "kind": letter.kind,
                "addressee": letter.addressee,
                "on": letter.on.isoformat(),
                "by": letter.by,
                "files": _files(context, letter.files),
            }


def _reports(context: Context) -> Iterator[Row]:
    for report in objects_of(context.records, REPORT):
        last = report.publications[-1] if report.publications else None
        yield {
            "id": report.id,
            "period": report.period,
            "kind": report.kind,
            "state": report.state,
            "versions": len(report.editions),
            "signed_by": [item.by for item in report.signatures if item.number == report.current.number],
            "where": last.where if last else None,
            "files": _files(context, {item.content.name: item.content.file for item in report.editions[-1:]}),
        }


def _register(context: Context) -> Iterator[Row]:
    for line in objects_of(context.records, DISCLOSURE):
        yield {
            "id": line.id,
            "period": line.period or "",
            "line": line.line,
            "kind": line.kind,
            "state": line.state,
            "on": (line.received_on or line.on).isoformat(),
            "due_on": line.due_on.isoformat() if line.due_on else None,
            "report": line.report,
            "documents": len(line.evidence),
        }


def _files(context: Context, files: Mapping[str, str]) -> list[Row]:
    return [{"name": name, "sha256": key, "held": context.evidence.has(key)} for name, key in _sorted(files.items())]


def _sorted(files: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What people read before what programs read."""
    order = {"html": 0, "pdf": 1, "xlsx": 2, "xml": 3, "txt": 4, "json": 5}
    return sorted(files, key=lambda item: (order.get(item[0].rpartition(".")[2], 9), item[0]))
