"""What other market centres and brokers are made to publish: the firm's own reports, told with a difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from lxml import etree

from routeproof.app.disclosure.ingest_605 import ingest_605
from routeproof.app.disclosure.ingest_606 import ingest_606
from routeproof.app.objects.governed import objects_of
from routeproof.governance.report import REPORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from routeproof.app.demo.stage import Stage

TAKEN_IN = date(2026, 11, 17)
TURNED = ("orderPct", "marketPct", "marketableLimitPct", "nonMarketableLimitPct", "otherPct")
"""Shares that brokers give to each other's venues; together they stay what they were."""
SPREADS = ("AvgEffctvSprd", "AvgEffctvSprdPct", "AvgEFQPct")
TIMES = ("ExctdPIOrdWghtdAvgTime", "ExctdAtQuotOrdWghtdAvgTime", "ExctdOutQuotOrdWghtdAvgTime")


@dataclass(frozen=True, slots=True)
class Centre:
    """A market centre: its codes, its spread and its time as multiples of the firm's own."""

    participant: str
    reporter: str
    spread: float
    time: float


CENTRES = (Centre("T", "HRBW", 0.88, 1.1), Centre("T", "OAKW", 0.79, 0.7), Centre("Q", "XNAS", 1.04, 0.2))
"""A wholesaler that is used, one that is not, and an exchange."""
BROKERS = {"Cormorant Securities LLC": 1, "Dunlin Brokerage Inc": 2}
"""Name, and by how many places its shares are turned."""


def take_in_public_reports(stage: Stage) -> None:
    """Write the reports of others from the firm's own, and take them in."""
    context = stage.as_("analyst", TAKEN_IN)
    own = {
        report.kind: context.evidence.get(report.current.content.file).content
        for report in objects_of(context.records, REPORT)
    }
    ingest_605(context, list(_centres(own["605-detailed"].decode(), stage.scratch)))
    ingest_606(context, list(_brokers(own["606a1"], stage.scratch)))


def _centres(text: str, folder: Path) -> Iterator[Path]:
    header, *rows = (line.split("|") for line in text.splitlines())
    for centre in CENTRES:
        told = (_told(dict(zip(header, row, strict=True)), centre) for row in rows)
        path = folder / f"{centre.reporter}.txt"
        path.write_text("".join("|".join(line) + "\r\n" for line in (header, *told)), encoding="utf-8", newline="")
        yield path


def _told(row: Mapping[str, str], centre: Centre) -> list[str]:
    said = {**row, "DsgntParticipant": centre.participant, "RprtEntityCd": centre.reporter}
    for names, factor in ((SPREADS, centre.spread), (TIMES, centre.time)):
        said |= {name: f"{float(row[name]) * factor:.6f}" for name in names if row.get(name)}
    return list(said.values())


def _brokers(document: bytes, folder: Path) -> Iterator[Path]:
    for broker, places in BROKERS.items():
        root = etree.fromstring(document)
        for named in root.iter("bd"):
            named.text = broker
        for venues in root.iter("rVenues"):
            for name in TURNED:
                _turn([item for venue in list(venues)[1:] for item in venue.iter(name)], places)
        path = folder / f"{broker.split(maxsplit=1)[0]}.xml"
        path.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
        yield path


def _turn(items: list[etree._Element], places: int) -> None:
    """Give each the text of another one; the first venue is a broker, which stays as it is."""
    texts = [item.text for item in items]
    for place, item in enumerate(items):
        item.text = texts[(place + places) % len(items)]
