"""What is committed is read back as it was; a torn tail is cut, damage is refused."""

import os
import resource
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.sources.live.journal import Journal, JournalStoppedError
from routeproof.sources.live.journal_format import Kind
from routeproof.sources.live.journal_reading import Kept, read_journal
from routeproof.vocab.errors import DataRejectedError, RefusedError

SESSIONS = ("dropcopy", "second")


def written(folder: Path, batches: list[list[bytes]], *, segment_bytes: int = 1 << 20) -> list[Kept]:
    """Commit these batches, and what must then be read back."""
    journal = Journal(folder, SESSIONS, segment_bytes=segment_bytes)
    expected, at = [], 0
    for batch in batches:
        first = len(expected)
        for raw in batch:
            at += 1
            journal.append(Kind.MESSAGE_IN, "dropcopy", raw, at)
            expected.append((at, raw))
        after = journal.commit()
        expected[first:] = [Kept(at, "dropcopy", Kind.MESSAGE_IN, raw, after) for at, raw in expected[first:]]
    journal.close()
    return expected


@given(batches=st.lists(st.lists(st.binary(max_size=40), min_size=1, max_size=3), max_size=6), size=st.integers(1, 300))
@examples(60)
def test_what_is_committed_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[bytes]], size: int
) -> None:
    """Bytes, instants, order, session and position, across as many segments as it takes."""
    folder = tmp_path_factory.mktemp("journal")
    expected = written(folder, batches, segment_bytes=size)
    assert list(read_journal(folder)) == expected
    for kept in expected:
        assert list(read_journal(folder, kept.after)) == [each for each in expected if each.after > kept.after]


def test_what_is_not_committed_is_not_there(tmp_path: Path) -> None:
    """An append alone promises nothing."""
    journal = Journal(tmp_path, SESSIONS)
    journal.append(Kind.MESSAGE_IN, "dropcopy", b"one", 1)
    journal.close()
    assert list(read_journal(tmp_path)) == []


def test_it_goes_on_where_it_ended(tmp_path: Path) -> None:
    """Opened again, it counts what is there, keeps the sessions' numbers and adds new ones."""
    written(tmp_path, [[b"one"], [b"two"]])
    journal = Journal(tmp_path, ("second", "third", "dropcopy"))
    assert journal.messages == 2
    assert journal.numbers == {"dropcopy": 1, "second": 2, "third": 3}
    journal.append(Kind.MESSAGE_IN, "third", b"three", 3)
    journal.append(Kind.MESSAGE_OUT, "third", b"answer", 4)
    journal.commit()
    journal.close()
    assert [(each.session, each.raw) for each in read_journal(tmp_path)] == [
        ("dropcopy", b"one"),
        ("dropcopy", b"two"),
        ("third", b"three"),
        ("third", b"answer"),
    ]
    again = Journal(tmp_path, SESSIONS)
    assert (again.messages, again.last_sent) == (3, {"third": b"answer"})
    again.close()


def test_the_count_goes_over_segments(tmp_path: Path) -> None:
    """Only the last segment is read at the start, and it knows how many stand before it."""
    written(tmp_path, [[b"x" * 50]] * 7, segment_bytes=100)
    assert len(list(tmp_path.glob("*.journal"))) > 3
    journal = Journal(tmp_path, SESSIONS, segment_bytes=100)
    assert journal.messages == 7
    journal.close()


def test_any_cut_keeps_the_whole_batches_before_it(tmp_path: Path) -> None:
    """The file ends at each possible byte: what is read is the complete batches, and writing goes on behind them."""
    folder = tmp_path / "whole"
    expected = written(folder, [[b"one", b"two"], [b"three"]])
    content = (folder / "00000001.journal").read_bytes()
    for length in range(len(content)):
        cut = tmp_path / str(length)
        cut.mkdir()
        (cut / "00000001.journal").write_bytes(content[:length])
        whole = [kept for kept in expected if kept.after.offset <= length]
        assert list(read_journal(cut)) == whole
        journal = Journal(cut, SESSIONS)
        journal.append(Kind.MESSAGE_IN, "dropcopy", b"four", 9)
        journal.commit()
        journal.close()
        assert [each.raw for each in read_journal(cut)] == [*(kept.raw for kept in whole), b"four"]


def test_a_changed_byte_is_refused_up_to_the_last_batch(tmp_path: Path) -> None:
    """Each byte is changed in turn: a later batch proves that it was durable; in the last one it is a torn tail."""
    folder = tmp_path / "whole"
    expected = written(folder, [[b"one"], [b"two"], [b"three"], [b"four"]])
    path = folder / "00000001.journal"
    content, last = path.read_bytes(), expected[-2].after.offset
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        if place < last:
            with pytest.raises(DataRejectedError, match=r"damage|beginning"):
                list(read_journal(folder))
        else:
            assert [each.raw for each in read_journal(folder)] == [b"one", b"two", b"three"]


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """A second one is refused while the first runs."""
    first = Journal(tmp_path, SESSIONS)
    with pytest.raises(RefusedError, match="only writer"):
        Journal(tmp_path, SESSIONS)
    first.close()
    Journal(tmp_path, SESSIONS).close()


def test_after_a_failed_write_it_stops(tmp_path: Path) -> None:
    """A disk that refuses once is not trusted again by this process; what was durable before is kept."""
    journal = Journal(tmp_path, SESSIONS)
    journal.append(Kind.MESSAGE_IN, "dropcopy", b"one", 1)
    journal.commit()
    usual = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.stat(tmp_path / "00000001.journal").st_size + 10, hard))  # noqa: PTH116
    try:
        journal.append(Kind.MESSAGE_IN, "dropcopy", b"two", 2)
        with pytest.raises(JournalStoppedError, match="start again"):
            journal.commit()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, usual)
    with pytest.raises(JournalStoppedError, match="stopped"):
        journal.commit()
    journal.close()
    assert [each.raw for each in read_journal(tmp_path)] == [b"one"]
    Journal(tmp_path, SESSIONS).close()
