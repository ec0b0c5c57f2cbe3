"""Tells channels what was recorded, beside the judging: a slow receiver holds up nobody."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from routeproof.app.context import open_context
from routeproof.app.monitoring.tell import send_recorded
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from routeproof.app.notify.channel_kinds import AnyChannel

EVERY_S = 2.0


class Notifier:
    """A thread with its own connection; without channels it does nothing."""

    def __init__(self, root: Path, channels: Sequence[AnyChannel], say: Callable[[str], None]) -> None:
        self._root, self._channels, self._say = root, channels, say
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)

    def start(self) -> None:
        """Begin, if there is anybody to tell."""
        if self._channels:
            self._thread.start()

    def stop(self) -> None:
        """Tell and send once more, then end."""
        self._stopping.set()
        if self._channels:
            self._thread.join()

    def _run(self) -> None:
        with open_context(self._root, role="watch") as context:
            while True:
                last = self._stopping.wait(EVERY_S)
                try:
                    send_recorded(context, self._channels)
                except RouteproofError as error:
                    self._say(f"notifications: {error.message} [{error.where}]")
                if last:
                    return
