"""Each notice has one fate per channel, and it is the one that the channel's settings say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.rules.notice import Notice
from routeproof.rules.notice_channel import Channel
from routeproof.rules.notice_plan import plan
from routeproof.vocab.times import NS_PER_S

NOTICE = Notice(rule="slow_fill", severity="high", finding="ab" * 16, provider="ACME")
NIGHT = ("22:00", "07:00")


def utc(text: str) -> int:
    """UTC nanoseconds of `2026-07-01T12:00`."""
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp()) * NS_PER_S


NOON, MIDNIGHT = utc("2026-07-01T16:00"), utc("2026-07-02T04:00")


def fate(now: int, **settings: Any) -> tuple[str, ...]:  # noqa: ANN401  # as TOML gives them
    """Where the notice went, why, and when if later."""
    planned = plan([NOTICE], [Channel(name="desk", **settings)], now)
    assert len(planned.send) + len(planned.keep) + len(planned.dropped) == 1
    for due in planned.send:
        assert due.due_at == now
        return ("send", due.because)
    for due in planned.keep:
        assert due.due_at > now
        at = datetime.fromtimestamp(due.due_at // NS_PER_S, tz=UTC)
        return ("keep", due.because, at.strftime("%m-%dT%H:%M"))
    return ("dropped", planned.dropped[0].reason)


def test_filters() -> None:
    """All three must be passed; the first that is not is the reason; an empty one lets everything through."""
    assert fate(NOON) == ("send", "immediate")
    assert fate(NOON, severities=("low", "high"), rules=("slow_fill",), providers=("ACME",)) == ("send", "immediate")
    assert fate(NOON, severities=("low",), rules=("fade",)) == ("dropped", "severity")
    assert fate(NOON, rules=("fade",), providers=("BETA",)) == ("dropped", "rule")
    assert fate(NOON, providers=("BETA",)) == ("dropped", "provider")


def test_quiet_hours_keep_what_would_go_at_once() -> None:
    """Until 07:00 EDT, unless its severity breaks them."""
    assert fate(MIDNIGHT, quiet_hours=NIGHT) == ("keep", "quiet_hours", "07-02T11:00")
    assert fate(MIDNIGHT, quiet_hours=NIGHT, breaks_quiet=("high",)) == ("send", "immediate")
    assert fate(NOON, quiet_hours=NIGHT) == ("send", "immediate")


def test_digests() -> None:
    """The next one; one that falls into quiet hours waits for their end, unless the severity breaks them."""
    assert fate(NOON, mode="digest", digest_at="17:30") == ("keep", "digest", "07-01T21:30")
    late = {"mode": "digest", "digest_at": "23:00", "quiet_hours": NIGHT}
    assert fate(NOON, **late) == ("keep", "quiet_hours", "07-02T11:00")
    assert fate(NOON, **late, breaks_quiet=("high",)) == ("keep", "digest", "07-02T03:00")


@examples(100)
@given(
    severities=st.lists(st.sampled_from(["low", "high", "critical"]), max_size=8),
    filters=st.lists(st.sets(st.sampled_from(["low", "high", "critical"])), max_size=4),
)
def test_every_notice_has_one_fate_per_channel(severities: list[str], filters: list[set[str]]) -> None:
    """Nothing is lost and nothing told twice."""
    notices = [
        Notice(rule="fade", severity=severity, finding=f"{number:032x}") for number, severity in enumerate(severities)
    ]
    channels = [Channel(name=f"c{number}", severities=tuple(sorted(names))) for number, names in enumerate(filters)]
    planned = plan(notices, channels, NOON)
    fates = [
        (item.channel, item.notice.finding) for part in (planned.send, planned.keep, planned.dropped) for item in part
    ]
    assert sorted(fates) == sorted((channel.name, notice.finding) for channel in channels for notice in notices)
