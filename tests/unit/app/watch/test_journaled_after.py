"""After a restart the same messages count as did when they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from routeproof.app.watch.catch_up import journaled_after, remember_books
from routeproof.sources.live.journal import Journal
from routeproof.sources.live.journal_format import BEGINNING, Kind
from routeproof.sources.live.quote_feed import QuoteFeed

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_only_seen_is_not_taken_in(tmp_path: Path) -> None:
    """A Logon before its answer, a stranger's message and noise are in the journal, and are not received."""
    journal = Journal(tmp_path, ["dropcopy"])
    for kind, raw in ((Kind.SEEN_IN, b"logon"), (Kind.MESSAGE_IN, b"logon"), (Kind.MESSAGE_OUT, b"answer")):
        journal.append(kind, "dropcopy", raw, 1)
    for kind, raw in ((Kind.SEEN_IN, b"stranger"), (Kind.NOISE_IN, b"noise"), (Kind.MESSAGE_IN, b"fill")):
        journal.append(kind, "dropcopy", raw, 2)
    end = journal.commit()
    journal.close()
    assert journaled_after(tmp_path, None) == ({"dropcopy": [b"logon", b"fill"]}, end)


def market_data(number: int, kind: str, body: str, day: str = "20260701") -> bytes:
    """A message of 14:00 UTC."""
    text = f"8=FIX.4.4|9=0|35={kind}|34={number}|52={day}-14:00:00|{body}10=000|"
    return text.replace("|", "\x01").encode()


def test_books_are_as_they_were_where_the_lake_stands(tmp_path: Path) -> None:
    """A snapshot that the lake has, and a change of its bid that it has not: the line has the snapshot's offer."""
    snapshot = market_data(2, "W", "55=Q|268=2|269=0|270=20.00|269=1|270=20.02|")
    change = market_data(3, "X", "268=1|279=1|269=0|55=Q|270=20.01|")
    journal = Journal(tmp_path, ["md", "dropcopy"])
    journal.append(Kind.MESSAGE_IN, "md", snapshot, 1)
    journal.append(Kind.MESSAGE_IN, "dropcopy", b"fill", 1)
    lake_is_at = journal.commit()
    journal.append(Kind.MESSAGE_IN, "md", change, 2)
    journal.commit()
    journal.close()
    feed = QuoteFeed(["md"], {}, [].append)
    remember_books(feed, tmp_path, BEGINNING, lake_is_at)
    by_session, _ = journaled_after(tmp_path, lake_is_at)
    assert feed.take("md", by_session["md"]).split(b",")[2:5] == [b"20.010000000", b"", b"20.020000000"]


@pytest.mark.parametrize("cut", range(7))
def test_killed_anywhere_the_lines_are_those_of_an_undisturbed_run(tmp_path: Path, cut: int) -> None:
    """Two days, a message ahead of a missing one, one that comes twice; where the lake stands when it is killed varies.

    The books of the second day begin behind the fourth message, where 5 is next, those of the first at the beginning.
    """
    messages = [
        market_data(1, "A", ""),
        market_data(2, "W", "55=Q|268=2|269=0|270=20.00|269=1|270=20.02|"),
        market_data(4, "X", "268=1|279=1|269=0|55=Q|270=20.01|"),
        market_data(3, "X", "43=Y|268=1|279=1|269=1|55=Q|270=20.03|"),
        market_data(5, "W", "55=Q|268=2|269=0|270=21.00|269=1|270=21.02|", "20260702"),
        market_data(4, "X", "43=Y|268=1|279=1|269=0|55=Q|270=20.01|", "20260702"),
        market_data(6, "X", "268=1|279=2|269=1|55=Q|", "20260702"),
    ]
    journal, positions = Journal(tmp_path, ["md"]), [BEGINNING]
    for message in messages:
        journal.append(Kind.MESSAGE_IN, "md", message, 1)
        positions.append(journal.commit())
    journal.close()
    undisturbed = QuoteFeed(["md"], {}, [].append)
    lines, numbers = [], []
    for message in messages:
        numbers.append(undisturbed.numbers["md"])
        lines.append(undisturbed.take("md", [message]))
    killed = QuoteFeed(["md"], {"md": 5} if cut > 4 else {}, [].append)
    remember_books(killed, tmp_path, positions[4] if cut > 4 else BEGINNING, positions[cut])
    by_session, _ = journaled_after(tmp_path, positions[cut])
    assert killed.take("md", by_session["md"]) == b"".join(lines[cut:])
    assert [line.count(b"\n") for line in lines] == [0, 1, 0, 2, 1, 0, 1]
    assert numbers == [0, 2, 3, 3, 5, 6, 6]
