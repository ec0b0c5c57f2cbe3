"""A channel as the firm configures it: which notices it is for, at once or in digests, and when it is quiet."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from routeproof.rules.rule import Severity
from routeproof.vocab.times import EQUITY_ZONE, NS_PER_S, known_zones

HourMinute = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
CodeWord = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
MINUTES_PER_DAY = 1440


class Channel(BaseModel):
    """What every channel says, however it delivers. A filter that is empty lets everything through.

    Attributes:
        name: word by which it is spoken of.
        severities, rules, providers: of notices that it is for; a notice must pass all three.
        mode: `immediate`, or `digest`: everything since the last one, together.
        digest_every_min: minutes between digests, counted from midnight UTC of 1970-01-01.
        digest_at: time of day of the one digest, in `zone`.
        quiet_hours: from and until, times of day in `zone`; across midnight if the first is later. Until is not quiet.
        breaks_quiet: severities that go out in quiet hours too.
        zone: IANA name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(pattern=rf"^{NAME.pattern}$")
    severities: tuple[Severity, ...] = ()
    rules: tuple[CodeWord, ...] = ()
    providers: tuple[str, ...] = ()
    mode: Literal["immediate", "digest"] = "immediate"
    digest_every_min: int | None = Field(default=None, ge=1, le=MINUTES_PER_DAY, strict=True)
    digest_at: HourMinute | None = None
    quiet_hours: tuple[HourMinute, HourMinute] | None = None
    breaks_quiet: tuple[Severity, ...] = ()
    zone: str = EQUITY_ZONE

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        if value not in known_zones():
            message = f"expected an IANA zone such as {EQUITY_ZONE}, found {value!r}"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Channel:
        given = [name for name in ("digest_every_min", "digest_at") if getattr(self, name) is not None]
        if len(given) != (self.mode == "digest"):
            message = (
                f"expected one of digest_every_min and digest_at with mode = digest and none with immediate, found "
                f"mode = {self.mode} with {' and '.join(given) or 'none'}"
            )
            raise ValueError(message)
        if self.quiet_hours and self.quiet_hours[0] == self.quiet_hours[1]:
            message = f"expected quiet hours that begin and end at different times, found {self.quiet_hours[0]} twice"
            raise ValueError(message)
        if self.breaks_quiet and not self.quiet_hours:
            message = "expected quiet_hours beside breaks_quiet, found none"
            raise ValueError(message)
        return self


def quiet_until(channel: Channel, now: int, severity: str = "") -> int | None:
    """The end of the quiet hours that `now` is in, UTC nanoseconds; None if a notice of that severity may go out.

    Quiet hours are from one instant to another: an hour that daylight saving time repeats is quiet once, and one that
    it skips begins or ends as much later as the clock was put forward.
    """
    if channel.quiet_hours is None or severity in channel.breaks_quiet:
        return None
    begins, ends = channel.quiet_hours
    today = _local(channel, now).date()
    for first in (today - timedelta(days=1), today):
        last = first + timedelta(days=1) if ends < begins else first
        end = _instant(channel, last, ends)
        if _instant(channel, first, begins) <= now < end:
            return end
    return None


def next_digest(channel: Channel, now: int) -> int:
    """The first instant after `now` at which a digest is made, UTC nanoseconds. Only for a channel of digests."""
    if channel.digest_at is None:
        assert channel.digest_every_min is not None  # noqa: S101  # the channel was held against its shape
        step = channel.digest_every_min * 60 * NS_PER_S
        return (now // step + 1) * step
    today = _local(channel, now).date()
    days = (today + timedelta(days=offset) for offset in (0, 1, 2))
    return next(at for day in days if (at := _instant(channel, day, channel.digest_at)) > now)


def _local(channel: Channel, now: int) -> datetime:
    return datetime.fromtimestamp(now // NS_PER_S, tz=UTC).astimezone(ZoneInfo(channel.zone))


def _instant(channel: Channel, day: date, at: str) -> int:
    """Of a repeated time of day the first; of one that is skipped, as much later as the clock is put forward."""
    local = datetime.combine(day, time.fromisoformat(at), ZoneInfo(channel.zone))
    return int(local.timestamp()) * NS_PER_S
