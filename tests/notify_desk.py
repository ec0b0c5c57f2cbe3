"""A workspace with notification channels, for tests: the clock is told, pauses are noted and not waited for."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance_desk import Clock
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.notify.channels import channels_of
from routeproof.app.notify.listing import notifications
from routeproof.app.notify.notify import Kept, keep_notices
from routeproof.app.notify.send import Sending, send_due
from routeproof.app.workspace import SETTINGS
from routeproof.rules.notice import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.app.context import Context

SECRET = "a secret of 24 characters"  # noqa: S105  # of a test


@dataclass
class NotifyDesk:
    """A workspace, its clock, and the pauses between attempts."""

    root: Path
    clock: Clock = field(default_factory=Clock)
    pauses: list[float] = field(default_factory=list)

    def configure(self, text: str, hosts: str = "") -> None:
        """Add channels to the settings."""
        path = self.root / SETTINGS
        settings = path.read_text("utf-8")
        allowed = f'notify_hosts = ["{hosts}"]\n' if hosts else ""
        path.write_text(allowed + settings + text, encoding="utf-8")

    @contextmanager
    def context(self) -> Iterator[Context]:
        """The workspace, opened."""
        with open_context(self.root, clock=self.clock) as context:
            yield context

    def keep(self, *notices: Notice) -> Kept:
        """Hand notices over."""
        with self.context() as context:
            return keep_notices(context, channels_of(context.workspace), notices)

    def send(self) -> Sending:
        """One round of sending."""
        with self.context() as context:
            return send_due(context, channels_of(context.workspace), pause=self.pauses.append)

    def listed(self, **chosen: Any) -> dict[str, Any]:  # noqa: ANN401  # what the listing takes
        """The listing."""
        with self.context() as context:
            return notifications(context, **chosen)

    def last(self) -> dict[str, Any]:
        """The newest notification."""
        found: dict[str, Any] = self.listed()["notifications"][0]
        return found


def notify_desk(tmp_path: Path) -> NotifyDesk:
    """A workspace without channels, with a secret in `keys/webhook`."""
    init_workspace(tmp_path / "w")
    secret = tmp_path / "w" / "keys" / "webhook"
    secret.touch(mode=0o600)
    secret.write_text(SECRET + "\n", encoding="utf-8")
    return NotifyDesk(tmp_path / "w")


def notice(number: int, severity: str = "high", rule: str = "slow_fill") -> Notice:
    """A finding of provider ACME."""
    return Notice(rule=rule, severity=severity, finding=f"{number:032x}", provider="ACME")


def webhook(port: int, more: str = "", scheme: str = "http", host: str = "127.0.0.1") -> str:
    """A channel `hook`."""
    return (
        f'[[notify]]\nname = "hook"\nkind = "webhook"\nurl = "{scheme}://{host}:{port}/in?x=1"\n'
        f'secret_file = "keys/webhook"\n{more}\n'
    )
