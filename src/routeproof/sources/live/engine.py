"""The session engine of this installation: the one place that chooses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from routeproof.sources.live.journal import Journal
    from routeproof.sources.live.session import Application, SessionEngine
    from routeproof.sources.live.session_config import FixSession


def session_engine(
    sessions: Sequence[FixSession],
    *,
    journal: Journal,
    state: Path,
    clock: Callable[[], int],
    application: Application | None = None,
) -> SessionEngine:
    """An engine that keeps these sessions, not started yet.

    Args:
        sessions: what to keep; a process keeps an acceptor session once.
        journal: where every byte goes before the engine sees it; the engine is its only user until it has stopped.
        state: folder of the engine's sequence numbers and sent messages.
        clock: UTC ns.
        application: answers messages; null for a drop copy.

    Raises:
        UsageError: the extra `fix` is not installed.
    """
    try:
        from routeproof.sources.live.quickfix_session import QuickFixEngine  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        message = 'expected the extra fix for live FIX sessions, found no QuickFIX; pip install "routeproof[fix]"'
        raise UsageError(message, where="quickfix") from error
    return QuickFixEngine(sessions, journal=journal, state=state, clock=clock, application=application)
