"""Takes what arrived into the lake beside the judging, so that every question of the workspace sees it soon."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.context import of_today, open_context
from routeproof.app.intake.ingest import ingest
from routeproof.app.monitoring.run_day import run_day
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.stores.held_back import Giver
from routeproof.vocab.errors import DataRejectedError, RouteproofError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.intake.ingest import IngestReport
    from routeproof.stores.manifest import Manifest

FIX_LOG = "fix-log"
"""The source whose rows are judged as they arrive."""

LOOKS_EVERY_S = 0.05
"""How soon it is noticed that somebody asks for what waits."""

LONGEST_S = 60.0
"""What nobody asks for waits no longer than this."""

SOON_S = 0.5
"""What is judged only once the lake has it waits no longer than this."""

GROWTH = 0.5
"""It waits no longer, either, once it is this share of what was taken in before: each commit writes the day anew, and
such commits together write no more than some three times the day."""

SHORT_S = 1.0
SHARE_OF_TIME = 0.2
"""Longer commits take at most about this share of the time: a large day is committed less often than a small one."""

AGAIN_AFTER_S = 10.0
"""What the lake could not take is tried again then: the disk was full, or another writer busy for too long."""

FLOW = ("parent_orders", "order_versions", "routes", "executions")
"""Tables whose days are judged from the lake: files other than FIX logs are not judged row by row as they arrive."""


def pause_s(taken_s: float) -> float:
    """How long to wait at least after a commit that took so long; half of the time is left to the judging.

    From `SHORT_S` to twice of it the pause grows from one reading to the other, so that a moment's load on the machine
    does not hide what comes next for seconds.
    """
    if taken_s > SHORT_S:
        longest = taken_s / SHARE_OF_TIME - taken_s
        steep = 2 / SHARE_OF_TIME - 3
        return min(longest, SHORT_S + steep * (taken_s - SHORT_S))
    return taken_s


@dataclass(slots=True)
class Portion:
    """Content of one feed that waits for the lake.

    Attributes:
        name: of the file that it becomes.
        source, map_path, provider: as `ingest` takes them.
        parts: bytes in order.
        path: a whole file instead of parts.
        done: called once it is in the lake.
        can_wait: its rows are judged already, so nothing but questions waits for the lake to have them.
    """

    name: str
    source: str
    map_path: Path | None
    provider: str
    head: bytes = b""
    parts: list[bytes] = field(default_factory=list)
    path: Path | None = None
    done: list[Callable[[], None]] = field(default_factory=list)
    can_wait: bool = False

    @property
    def size(self) -> int:
        """Bytes of its parts."""
        return sum(map(len, self.parts))


class LakeWriter:
    """A thread with its own connection; portions of one feed that wait become one file."""

    def __init__(
        self,
        root: Path,
        say: Callable[[str], None],
        days_over: Callable[[], frozenset[date]],
        monotonic: Callable[[], float] = time.monotonic,
        name: str = "all",
        hand_over: Callable[[set[date]], None] | None = None,
    ) -> None:
        """A writer of one workspace.

        `days_over` gives the days whose findings are made from the lake, by running over them again. `hand_over` takes
        days to judge, where another writer holds back what they would lack; else they are judged here.
        """
        self._hand_over = hand_over
        self._giver = Giver(root, name)
        self._root, self._say, self._days_over, self._monotonic = root, say, days_over, monotonic
        self._lock = threading.Condition()
        self._waiting: dict[str, Portion] = {}
        self._days: set[date] = set()
        self._stopping = False
        self._number = 0
        self._begun_at = -LONGEST_S
        self._rests_until = self._answers_from = -LONGEST_S
        self._taken_bytes = 0
        self._thread = threading.Thread(target=self._run, name="lake-writer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def offer(self, portion: Portion) -> None:
        """Hand over content; it is put behind what of the same feed still waits."""
        with self._lock:
            self._put(portion)
            self._lock.notify()

    def _put(self, portion: Portion) -> None:
        held = self._waiting.get(portion.name)
        if held is None or held.path is not None or portion.path is not None or held.head != portion.head:
            self._waiting[portion.name if held is None else f"{portion.name}-{len(self._waiting)}"] = portion
        else:
            held.parts += portion.parts
            held.done += portion.done

    def judge(self, days: set[date]) -> None:
        """Judge days from the lake, once what waits is in it."""
        with self._lock:
            self._days |= days
            self._lock.notify()

    def stop(self) -> None:
        """Take in what still waits, then end."""
        with self._lock:
            self._stopping = True
            self._lock.notify()
        self._thread.join()

    def _run(self) -> None:
        is_cold = True  # the first commit loads what later ones find loaded: its time says nothing about the day's size
        with open_context(self._root, role="watch") as context:
            while True:
                with self._lock:
                    while not self._is_due():
                        self._lock.wait(LOOKS_EVERY_S)
                    if not self._waiting and not self._days:
                        self._giver.close()
                        return
                    asked = self._giver.asked()
                    portions, self._waiting = list(self._waiting.values()), {}
                    days, self._days = self._days, set()
                self._begun_at = begun = self._monotonic()
                self._taken_bytes += sum(portion.size for portion in portions)
                refused = [portion for portion in portions if not self._take_in(of_today(context), portion)]
                self._judge(of_today(context), days)
                self._giver.give(asked)
                ended = self._monotonic()
                pause, is_cold = pause_s(0.0 if is_cold else ended - begun), False
                self._rests_until, self._answers_from = ended + pause, ended + min(pause, SHORT_S)
                self._try_again(refused)

    def _try_again(self, portions: Sequence[Portion]) -> None:
        """Put back what the lake could not take, before what came since; at the end it stays where it came from."""
        if not portions or self._stopping:
            return
        with self._lock:
            came, self._waiting = self._waiting, {}
            for portion in (*portions, *came.values()):
                self._put(portion)
            self._rests_until = self._answers_from = self._monotonic() + AGAIN_AFTER_S

    def _is_due(self) -> bool:
        """Whether there is something to do now; who asks for nothing that waits is answered at once.

        After a long commit others have their time, but who asks waits no longer than `SHORT_S` for the next one.
        """
        if self._stopping:
            return True
        if not self._waiting and not self._days:
            if self._giver.is_asked:
                self._giver.give(self._giver.asked())
            return False
        now = self._monotonic()
        if now < self._rests_until and not (self._giver.is_asked and now >= self._answers_from):
            return False
        if self._days:
            return True
        waits = self._waiting.values()
        grown = sum(portion.size for portion in waits) >= GROWTH * self._taken_bytes
        waited = self._monotonic() - self._begun_at
        can_wait = all(portion.can_wait for portion in waits)
        return grown or self._giver.is_asked or waited >= (LONGEST_S if can_wait else SOON_S)

    def _judge(self, context: Context, days: set[date]) -> None:
        for day in sorted(days):
            try:
                run_day(context, day)
            except RouteproofError as error:
                self._say(f"{day}: {error.message} [{error.where}]")

    def _take_in(self, context: Context, portion: Portion) -> bool:
        """Whether the portion is settled: in the lake, or such that the lake will never take it."""
        self._number += 1
        made = f"{portion.name}-{context.clock()}-{self._number}"
        path = portion.path or context.workspace.scratch_folder / made
        try:
            if portion.path is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(portion.head + b"".join(portion.parts))
            before = context.lake.manifest()
            source, by, provider = portion.source, portion.map_path, portion.provider
            report = ingest(context, source, [path], map_path=by, provider_id=provider, judges_market=False)
            if portion.path is not None and (words := _not_all_taken(portion.path.name, report)):
                self._say(words)
            late = (_days(report.files) | _changed(before, context.lake.manifest())) & self._days_over()
            changed = late | _days(report.files, FLOW)
            if self._hand_over is not None:
                self._hand_over(changed)
            else:
                self._judge(context, changed)
        except RouteproofError as error:
            self._say(f"{portion.name}: {error.message} [{error.where}]")
            return isinstance(error, (UsageError, DataRejectedError))
        except OSError as error:
            self._say(f"{portion.name}: expected a disk that takes it, found: {error}; it is tried again")
            return False
        finally:
            if portion.path is None:
                with suppress(OSError):
                    path.unlink()
        for done in portion.done:
            done()
        return True


def _not_all_taken(file: str, report: IngestReport) -> str:
    """What was taken of a whole file, where that is not all of it; empty where it is."""
    if report.accepted and not report.rejected and not report.refused:
        return ""
    why = [report.refused[file]] if file in report.refused else []
    why += [f"{reason} {count}" for reason, count in sorted(report.rejected.items())]
    rejected = f"{sum(report.rejected.values())} rejected" + (f" ({'; '.join(why)})" if why else "")
    return f"{file}: {report.received} received, {report.accepted} accepted, {rejected}"


def _days(files: Sequence[Mapping[str, Any]], tables: Collection[str] = (*FLOW, FIX_MESSAGES.name)) -> set[date]:
    """Days that files of these tables speak of."""
    days = [day["day"] for item in files if item["table"] in tables for day in item["days"]]
    return {date.fromisoformat(day) for day in days if day}


def _changed(before: Manifest, after: Manifest) -> set[date]:
    """Days on which orders or fills are others than before: a bust may speak of a fill of any day."""
    return {
        date.fromisoformat(part)
        for (table, part), item in after.partitions.items()
        if table in FLOW and before.partitions.get((table, part)) != item
    }
