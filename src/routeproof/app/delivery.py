"""One file's rows on their way into the lake, with every row accounted for by day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.source import REJECT_SCHEMA, SourceResult, rejects_frame
from routeproof.tables.plausibility import (
    ABSURD_SHARE_LIMIT,
    CROSSED_SHARE_LIMIT,
    crossed_share,
    median_prices,
    wrong_price_unit,
)
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.stores.lake import Lake
    from routeproof.stores.raw import RawFile

WHOLE_FILE_REASONS = (
    "truncated_file",
    "damaged_file",
    "unreadable_file",
    "empty_file",
    "reader_crashed",
    "reader_limit",
)
"""Rejects that speak of the file: what was read before is kept, but the delivery is not whole."""

ABSURD_PRICE = 5_000_000 * SCALE
"""No share has ever traded there; a file whose usual price is above is in another unit."""


@dataclass(slots=True)
class Delivery:
    """Rows of one file.

    Attributes:
        source: registered source name.
        file: name it came with.
        source_id: first 16 hex digits of its SHA-256.
        sha256: of its bytes.
        size: bytes.
        provider_id: provider that it speaks of.
        main: table whose rows are the input rows.
        tables: canonical rows.
        rejects: refused rows.
        received: input rows that claimed to be data.
        noise: lines that never did.
        refused: why the whole file is no evidence; empty if it is.
        days: accepted rows per trading day.
        known: of these, rows that added nothing.
        sections: the map's sections, where later deliveries are read under it too.
    """

    source: str
    file: str
    source_id: str
    sha256: str
    size: int
    provider_id: str
    main: str
    tables: dict[str, pl.DataFrame]
    rejects: pl.DataFrame
    received: int
    noise: int
    refused: str = ""
    days: dict[date | None, int] = field(default_factory=dict)
    known: dict[date | None, int] = field(default_factory=dict)
    sections: Mapping[str, object] = field(default_factory=dict)

    def refuse_rows(self, rows: pl.DataFrame, reason: str) -> None:
        """Move accepted rows of the main table to the rejects."""
        day = pl.col("trading_day") if "trading_day" in rows.columns else pl.lit(None, dtype=pl.Date)
        moved = rows.select(
            pl.lit(self.file).alias("file"),
            pl.col("source_row").alias("row"),
            pl.lit(None, dtype=pl.Int64).alias("byte"),
            pl.lit(reason).alias("reason"),
            pl.lit("").alias("detail"),
            pl.lit(None, dtype=pl.String).alias("raw"),
            day.alias("trading_day"),
        )
        self.rejects = pl.concat([self.rejects, moved])
        for (key,), group in moved.group_by("trading_day", maintain_order=True):
            self.days[key] = self.days.get(key, 0) - group.height

    def outcome(self) -> dict[str, object]:
        """Counts as JSON values; received = accepted + rejected, in total and per day."""
        rejected = _counts(self.rejects)
        by_day: dict[date | None, dict[str, int]] = {}
        for (day,), group in self.rejects.group_by("trading_day"):
            by_day[day] = _counts(group)
        days = sorted({*self.days, *by_day}, key=str)
        return {
            "source": self.source,
            "file": self.file,
            "sha256": self.sha256,
            "size": self.size,
            "provider": self.provider_id,
            "table": self.main,
            "received": self.received,
            "accepted": self.received - sum(rejected.values()),
            "rejected": rejected,
            "noise": self.noise,
            "already_known": sum(self.known.values()),
            "refused": self.refused,
            "sections": dict(self.sections),
            "days": [
                {
                    "day": day.isoformat() if day is not None else None,
                    "received": self.days.get(day, 0) + sum(by_day.get(day, {}).values()),
                    "accepted": self.days.get(day, 0),
                    "rejected": by_day.get(day, {}),
                    "already_known": self.known.get(day, 0),
                }
                for day in days
            ],
        }


def _counts(rejects: pl.DataFrame) -> dict[str, int]:
    return dict(rejects.group_by("reason").len().sort("reason").iter_rows())


def deliver(
    source: str,
    raw: RawFile,
    provider_id: str,
    pieces: Sequence[SourceResult],
    sections: Mapping[str, object] | None = None,
) -> Delivery:
    """Pieces of one file put together; a file without any row is refused as empty."""
    names = list(dict.fromkeys(name for piece in pieces for name in piece.tables))
    tables = {name: pl.concat([piece.tables[name] for piece in pieces if name in piece.tables]) for name in names}
    rejects = pl.concat([pl.DataFrame(schema=REJECT_SCHEMA), *(piece.rejects for piece in pieces)])
    main = names[0] if names else ""
    received = sum(piece.received for piece in pieces)
    if received == 0:
        empty = {"file": raw.name, "row": 0, "byte": 0, "reason": "empty_file", "detail": "no rows", "raw": ""}
        rejects, received = rejects_frame([empty]), 1
    delivery = Delivery(
        source=source,
        file=raw.name,
        source_id=raw.source_id,
        sha256=raw.sha256,
        size=raw.size,
        provider_id=provider_id,
        main=main,
        tables=tables,
        rejects=rejects,
        received=received,
        noise=sum(piece.noise for piece in pieces),
        sections=sections or {},
    )
    delivery.days = _days(tables[main]) if main else {}
    broken = rejects.filter(pl.col("reason").is_in(WHOLE_FILE_REASONS))
    if not broken.is_empty():
        delivery.refused = ": ".join(broken.select("reason", "detail").row(0))
    return delivery


def _days(frame: pl.DataFrame) -> dict[date | None, int]:
    if "trading_day" not in frame.columns:
        return {None: frame.height} if frame.height else {}
    return dict(frame.group_by("trading_day").len().iter_rows())


def plausible(lake: Lake, delivery: Delivery) -> Delivery:
    """The delivery, or the same one refused as evidence with the reason; its raw bytes are kept either way."""
    reason, detail = _implausible(lake, delivery)
    if not reason:
        return delivery
    for name, frame in delivery.tables.items():
        if name == delivery.main:
            delivery.refuse_rows(frame, reason)
    delivery.tables = {}
    delivery.days = {}
    delivery.refused = f"{reason}: {detail}"
    return delivery


def _implausible(lake: Lake, delivery: Delivery) -> tuple[str, str]:
    absurd = delivery.rejects.filter(pl.col("reason") == "absurd_time").height
    if absurd > ABSURD_SHARE_LIMIT * delivery.received:
        return (
            "wrong_time_unit",
            f"{absurd} of {delivery.received} rows are before 1990 or after 2100: check [time] unit",
        )
    frame = delivery.tables.get(delivery.main)
    if frame is None or frame.is_empty():
        return "", ""
    if delivery.main == "quotes":
        share = crossed_share(frame)
        if share > CROSSED_SHARE_LIMIT:
            return (
                "crossed_book",
                f"bid above ask in {share:.1%} of two-sided quotes: bid and ask swapped, or not an NBBO",
            )
    own = median_prices(delivery.main, frame)
    if own and sorted(own.values())[len(own) // 2] > ABSURD_PRICE:
        return "wrong_price_unit", f"the usual price is above {ABSURD_PRICE // SCALE:,} dollars"
    wrong = wrong_price_unit(own, _known_prices(lake, delivery.main, frame)) if own else ""
    return ("wrong_price_unit", wrong) if wrong else ("", "")


def _known_prices(lake: Lake, table: str, frame: pl.DataFrame) -> dict[str, float]:
    """Median prices of the same symbols on the file's first day, from the other tables of the lake."""
    day = frame.get_column("trading_day").min()
    names = frame.select("symbol", "trading_day").filter(pl.col("trading_day") == day).get_column("symbol")
    symbols = names.unique().to_list()
    known: dict[str, float] = {}
    columns = {"quotes": ["symbol", "bid", "ask"], "trades": ["symbol", "price"], "executions": ["symbol", "price"]}
    for name, wanted in columns.items():
        if name != table and day in lake.days(name):
            known.update(median_prices(name, lake.read(name, [day], wanted, symbols)))  # type: ignore[list-item]
    return known
