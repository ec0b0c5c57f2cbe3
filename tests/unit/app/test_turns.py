"""A few at once, and whoever waits lets others by."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from routeproof.app.turns import Turns

PATIENCE_S = 20


def test_no_more_are_at_work_at_once_than_there_are_turns() -> None:
    """Of nine that come, three are at work until one of them is done."""
    turns, may_end, at_work, most = Turns(3), threading.Event(), [], []
    three = threading.Semaphore(0)

    def work() -> None:
        with turns.taken():
            at_work.append(1)
            most.append(len(at_work))
            three.release()
            may_end.wait(PATIENCE_S)
            at_work.pop()

    with ThreadPoolExecutor(9) as pool:
        done = [pool.submit(work) for _ in range(9)]
        assert all(three.acquire(timeout=PATIENCE_S) for _ in range(3))
        assert not three.acquire(timeout=0.2)
        may_end.set()
    assert [item.result() for item in done] == [None] * 9
    assert max(most) == 3


def test_who_waits_lets_others_by_and_has_the_turn_back() -> None:
    """With one turn, work that is waited for is done although the one who waits came first."""
    turns, ready, seen = Turns(1), threading.Event(), []

    def waits() -> None:
        with turns.taken():
            with turns.given_up():
                assert ready.wait(PATIENCE_S)
            seen.append("after")
            with turns.given_up():
                pass

    def works() -> None:
        with turns.taken():
            seen.append("work")
            ready.set()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(waits)
        second = pool.submit(works)
        assert (first.result(PATIENCE_S), second.result(PATIENCE_S)) == (None, None)
    assert seen == ["work", "after"]
    with turns.taken():
        pass


def test_a_thread_without_a_turn_gives_none_up() -> None:
    """Work behind the pages waits too, and makes no turn out of nothing."""
    turns = Turns(1)
    with turns.given_up():
        pass
    other = threading.Event()

    def take() -> None:
        with turns.taken():
            other.set()

    with turns.taken(), ThreadPoolExecutor(1) as pool:
        pool.submit(take)
        assert not other.wait(0.1)
        with turns.given_up():
            assert other.wait(PATIENCE_S)
