"""Pieces of work done at the same time by threads, and handed over in order."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Given = TypeVar("Given")
Made = TypeVar("Made")


def side_by_side(work: Callable[[Given], Made], items: Iterable[Given]) -> Iterator[Made]:
    """What the work makes of each item, in order; no more are under way or waiting than there are cores.

    A single item, as of every small delivery, is worked on without a thread.
    """
    coming = iter(items)
    first = list(islice(coming, 2))
    if len(first) <= 1:
        yield from map(work, first)
        return
    cores = os.cpu_count() or 1
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(cores) as pool:
        for item in chain(first, coming):
            waiting.append(pool.submit(work, item))
            if len(waiting) >= cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
