"""`routeproof notify`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_found, print_json, table_lines
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED = 1
COLUMNS = ("made_at", "channel", "kind", "count", "state", "attempts", "reason", "next_at")
OWED = ("due_at", "channel", "because", "count")
config_option = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML file with further [[notify]] channels, such as the one of `watch`.",
)


@click.group()
def notify() -> None:
    """Tell people outside of findings and cases: by webhook, mail or a local command.

    Channels are [[notify]] tables in the workspace's routeproof.toml; hosts that may be spoken to are in notify_hosts.
    """


@notify.command("test")
@click.argument("name")
@config_option
@workspace_option
@json_option
def test(name: str, config: Path | None, workspace: Path, *, as_json: bool) -> int:
    """Send a test message through channel NAME, once and at once.

    Example: routeproof notify test desk
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.notify.channels import channels_of  # noqa: PLC0415
    from routeproof.app.notify.trial import try_channel  # noqa: PLC0415

    with open_context(workspace) as context:
        found = try_channel(context, channels_of(context.workspace, config), name)
    if as_json:
        print_json(found)
    else:
        click.echo(f"{name}: {'sent' if found['sent'] else 'not sent'}, {found['reason']}", err=True)
    return 0 if found["sent"] else FAILED


@notify.command("send")
@click.option("--failed", is_flag=True, help="Also what has failed for good, with the ids it had.")
@config_option
@workspace_option
@json_option
def send(config: Path | None, workspace: Path, *, failed: bool, as_json: bool) -> int:
    """Send what is due: news of the record, digests, what waited for the end of quiet hours or was not taken before.

    Exit code 1 if a channel did not take something. Run it every few minutes where `watch` does not run.

    Example: routeproof notify send -w bestex
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.monitoring.tell import send_recorded  # noqa: PLC0415
    from routeproof.app.notify.channels import channels_of  # noqa: PLC0415
    from routeproof.app.notify.send import send_failed_again  # noqa: PLC0415

    with open_context(workspace) as context:
        channels = channels_of(context.workspace, config)
        if failed:
            send_failed_again(context)
        done = send_recorded(context, channels)
    if as_json:
        print_json(asdict(done))
    else:
        click.echo(str(done), err=True)
    return FAILED if done.waiting or done.failed else 0


@notify.command("list")
@click.option("--state", type=click.Choice(["waiting", "sent", "failed"]), help="Only these.")
@click.option("--channel", help="Only of this channel.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="The newest so many.")
@workspace_option
@json_option
def list_(state: str | None, channel: str | None, limit: int, workspace: Path, *, as_json: bool) -> None:
    """List what was sent, what waits and what failed, with the reason; and what is kept for a digest.

    Example: routeproof notify list --state failed --json
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.notify.listing import notifications  # noqa: PLC0415

    with open_context(workspace) as context:
        found = notifications(context, state=state, channel=channel, limit=limit)
    print_found(found, _lines, as_json=as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield from table_lines(COLUMNS, [_readable(item) for item in found["notifications"]])
    if found["owed"]:
        yield ""
        yield "Kept for later:"
        yield from table_lines(OWED, [_readable(item) for item in found["owed"]])


def _readable(item: dict[str, Any]) -> dict[str, Any]:
    """Instants as UTC date and time."""
    return {name: _instant(value) if name.endswith("_at") and value else value for name, value in item.items()}


def _instant(at: str) -> str:
    return datetime.fromtimestamp(int(at) // NS_PER_S, tz=UTC).strftime("%Y-%m-%d %H:%M:%SZ")
