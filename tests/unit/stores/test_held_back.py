"""What a watch holds back is given to whoever asks; nobody waits where there is nobody to give."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from routeproof.stores.held_back import ASKED, FOLDER, Giver, ask
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S = 30.0


def test_without_a_watch_nothing_is_held_back(tmp_path: Path) -> None:
    """Neither before one ever ran nor after it has ended, however it ended; no question is left behind."""
    assert ask(tmp_path, PATIENCE_S)
    giver = Giver(tmp_path, "a")
    giver.close()
    assert ask(tmp_path, PATIENCE_S)
    assert not (tmp_path / FOLDER / ASKED).exists()


def test_who_asks_waits_until_all_have_given(tmp_path: Path) -> None:
    """Two hold back; the one that gives an older question does not answer a newer one."""
    first, second = Giver(tmp_path, "a"), Giver(tmp_path, "b")
    assert not ask(tmp_path, 0.0)
    before = first.asked()
    assert first.is_asked and second.is_asked  # noqa: PT018
    answers: list[bool] = []
    asking = threading.Thread(target=lambda: answers.append(ask(tmp_path, PATIENCE_S)))
    asking.start()
    while first.asked() == before:
        time.sleep(0.001)
    first.give(before)
    second.give(second.asked())
    assert first.is_asked and not second.is_asked  # noqa: PT018
    time.sleep(0.05)
    assert not answers
    first.give(first.asked())
    asking.join(PATIENCE_S)
    assert answers == [True]
    first.close()
    second.close()


def test_a_giver_that_ends_is_not_waited_for(tmp_path: Path) -> None:
    """Its lock goes with it, as it does with a process that is killed."""
    giver, answers = Giver(tmp_path, "a"), list[bool]()
    asking = threading.Thread(target=lambda: answers.append(ask(tmp_path, PATIENCE_S)))
    asking.start()
    while not giver.is_asked:
        time.sleep(0.001)
    giver.close()
    asking.join(PATIENCE_S)
    assert answers == [True]


def test_a_new_giver_has_nothing_to_answer_for(tmp_path: Path) -> None:
    """What was asked before it began is what it begins with."""
    Giver(tmp_path, "a").close()
    (tmp_path / FOLDER / ASKED).write_bytes(b"???")
    giver = Giver(tmp_path, "a")
    assert not giver.is_asked
    assert not ask(tmp_path, 0.0)
    assert giver.asked() == 4
    giver.close()


def test_there_is_one_of_a_name(tmp_path: Path) -> None:
    """A second watch of a workspace is refused, and says what to do."""
    giver = Giver(tmp_path, "a")
    with pytest.raises(UsageError, match="stop it first"):
        Giver(tmp_path, "a")
    giver.close()
    Giver(tmp_path, "a").close()
