"""The simulated provider behind a FIX acceptor: a test system to try certification scripts on."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeproof.lab.certification.faults import BY_NAME
from routeproof.lab.certification.provider_system import ProviderSystem
from routeproof.lab.certification.shipped import load_shipped_scripts
from routeproof.sources.live.journal import Journal
from routeproof.sources.live.session_config import load_fix_sessions
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routeproof.sources.live.session import Listening

VENUES = ("XNAS", "ARCX", "BATS")
LOOK_S = 0.01


def serve_provider(
    config: Path,
    faults: Sequence[str],
    venues: Sequence[str],
    clock: Callable[[], int],
    ready: Callable[[Sequence[Listening]], None],
    stopping: threading.Event,
) -> None:
    """Serve the acceptor sessions of a configuration until told to stop; nothing is recorded.

    Args:
        config: TOML with `[[fix]]` tables of role acceptor.
        faults: names of misbehaviours that are switched on.
        venues: MICs it executes at, as many as there are price levels at least; none are the usual three.
        clock: UTC ns.
        ready: called once it listens.
        stopping: set when it must end.

    Raises:
        UsageError: an unknown fault, a session that is no acceptor, or the extra for FIX is not installed.
    """
    if unknown := [name for name in faults if name not in BY_NAME]:
        message = f"expected faults ({', '.join(BY_NAME)}), found {', '.join(unknown)}"
        raise UsageError(message, where="--fault")
    sessions = load_fix_sessions(config)
    if wrong := [session.name for session in sessions if session.role != "acceptor"]:
        message = f'expected [[fix]] tables with role = "acceptor", found {", ".join(wrong)} as initiator'
        raise UsageError(message, where=str(config))
    try:
        from routeproof.sources.live.quickfix_session import QuickFixEngine  # noqa: PLC0415  # an extra
    except ImportError as error:
        message = f"expected the extra for FIX sessions, found {error}: pip install 'routeproof[fix]'"
        raise UsageError(message, where="[[fix]]") from error
    behind = _Behind([session.name for session in sessions], faults, venues or VENUES, clock)
    with tempfile.TemporaryDirectory(prefix="test-system-") as scratch:
        folder = Path(scratch)
        journal = Journal(folder / "journal", [session.name for session in sessions])
        engine = QuickFixEngine(sessions, journal=journal, state=folder / "state", clock=clock, application=behind)
        ready(engine.start())
        try:
            # The engine's queue is not waited on: a signal just before its time is over can make that wait endless.
            while not stopping.wait(LOOK_S):
                while engine.next_batch(0) is not None:
                    pass
                for session, content in behind.due():
                    engine.send(session, content)
        finally:
            engine.stop()
            journal.close()


class _Behind:
    """One simulated provider for each session, shared with the engine's own thread."""

    def __init__(
        self, sessions: Sequence[str], faults: Sequence[str], venues: Sequence[str], clock: Callable[[], int]
    ) -> None:
        instruments = {
            name: item for script in load_shipped_scripts().values() for name, item in script.instruments.items()
        }
        self._systems = {name: ProviderSystem(instruments, venues, frozenset(faults)) for name in sessions}
        self._clock, self._lock = clock, threading.Lock()

    def logged_on(self, session: str) -> None:
        """Orders outlive a session."""

    def accepted(self, session: str, message: bytes) -> Any:  # noqa: ANN401  # some engines ask for no answer
        """Take a message in; true, since every type is answered in some way."""
        with self._lock:
            self._systems[session].take(message, self._clock())
        return True

    def due(self) -> list[tuple[str, bytes]]:
        """Messages to send now, with their sessions."""
        with self._lock:
            now = self._clock()
            return [(name, message) for name, system in self._systems.items() for message in system.due(now)]
