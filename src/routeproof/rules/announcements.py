"""What could have announced a change of a provider's routing: versions of its configuration, with their notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

ANNOUNCED, ON_FILE, UNANNOUNCED = "announced", "on file without notice", "unannounced logic change"
ANNOUNCEMENTS = pl.Schema(
    {
        "provider": pl.String(),
        "config": pl.String(),
        "version": pl.Int64(),
        "effective_from": pl.Date(),
        "notice_on": pl.Date(),
    }
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """A version of a provider's configuration that was not rejected; `notice_on`: null without a notice."""

    config: str
    number: int
    effective_from: date
    notice_on: date | None


def announcements_of(frame: pl.DataFrame, provider: str) -> list[Announcement]:
    """Those of a provider, of `ANNOUNCEMENTS`."""
    own = frame.filter(pl.col("provider") == provider)
    return [Announcement(*row) for row in own.select(ANNOUNCEMENTS.names()[1:]).iter_rows()]


def announced(first: date, last: date, notices: Sequence[Announcement], within_days: int) -> tuple[str, str | None]:
    """How a change between two days was told, and by what.

    The nearest configuration that takes effect about then counts; with a notice beforehand it announced the change.
    """

    def distance(notice: Announcement) -> int:
        return max((first - notice.effective_from).days, (notice.effective_from - last).days, 0)

    near = [one for one in notices if distance(one) <= within_days]
    if not near:
        return UNANNOUNCED, None
    noticed = [one for one in near if one.notice_on is not None and one.notice_on <= last]
    best = min(noticed or near, key=lambda one: (distance(one), one.config, one.number))
    words = f"{best.config} version {best.number}, effective {best.effective_from}"
    told = f", notice of {best.notice_on}" if best.notice_on else ", no notice"
    return (ANNOUNCED if noticed else ON_FILE), words + told
