"""Parts of the lake that Rule 606 documents become: one a reporter and quarter, or a reporter, customer and period."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.sources.rule606.filings import filing_name
from routeproof.tables.rule606.lake_tables import lake_frames
from routeproof.tables.rule606.layout import A1
from routeproof.tables.rule606.values import BLANKS, collapsed, integer

if TYPE_CHECKING:
    import polars as pl

    from routeproof.tables.rule606.flat import FlatReport

MOST_SLUG = 40
_PLAIN = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one document.

    Attributes:
        name: part of the lake's tables.
        version_no: of the filing, by its name; 1 where it says none.
        frames: rows by lake table.
        reporter: CRD number or name.
        period: quarter, or first and last day.
        differs: quarter that the file's name says, where the document says another; empty if they agree.
    """

    name: str
    version_no: int
    frames: dict[str, pl.DataFrame]
    reporter: str
    period: str
    differs: str = ""


def part_of(report: FlatReport, file: str, firm_id: str, source_id: str) -> Part:
    """The part that a document is; its quarter or period is what the document itself says."""
    named = filing_name(file)
    head = report.head
    bd = collapsed(head["bd"])
    reporter = named.crd if named else bd
    filing = named.suffix if named else ""
    context = {"reporter": reporter, "filing": filing}
    if report.layout is A1:
        period = f"{integer(head['year'])}Q{integer(head['qtr'])}"
        context["quarter"] = period
    else:
        start, end = head["startDate"].strip(BLANKS), head["endDate"].strip(BLANKS)
        context |= {"customer_key": _key(collapsed(head["customer"])), "start_on": start, "end_on": end}
        period = f"{context['customer_key']}-{start}-{end}"
    version_no = named.version if named else 1
    frames = lake_frames(
        report,
        context,
        {"firm_id": firm_id, "source_id": source_id},
        {"file": file.rpartition("/")[2], "version_no": version_no},
    )
    differs = named.quarter if named and report.layout is A1 and named.quarter != period else ""
    slug = reporter if named else f"{_slug(bd)}-{_key(bd)}"
    name = "-".join(part for part in (slug, _slug(filing) and f"{_slug(filing)}-{_key(filing)}", period) if part)
    return Part(name, version_no, frames, reporter, period, differs)


def _slug(text: str) -> str:
    return _PLAIN.sub("-", text).strip("-")[:MOST_SLUG]


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
