"""Send channels what a command put on record, before it ends."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from routeproof.app.context import Context


def send_news(context: Context, *, as_json: bool) -> dict[str, Any] | None:
    """What was sent, as `notify send` shows it, and said on stderr; null where no channel is configured."""
    from routeproof.app.monitoring.tell import send_recorded  # noqa: PLC0415
    from routeproof.app.notify.channels import channels_of  # noqa: PLC0415

    channels = channels_of(context.workspace)
    if not channels:
        return None
    done = send_recorded(context, channels)
    if not as_json:
        click.echo(f"notifications: {done}", err=True)
    return asdict(done)
