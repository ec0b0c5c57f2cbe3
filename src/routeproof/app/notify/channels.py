"""The channels of a firm, as `[[notify]]` tables of the workspace's settings or of another file."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from routeproof.app.notify.channel_kinds import AnyChannel, LocalCommand
from routeproof.app.workspace import SETTINGS
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from routeproof.app.workspace import Workspace

_CHANNELS: TypeAdapter[tuple[AnyChannel, ...]] = TypeAdapter(
    tuple[Annotated[AnyChannel, Field(discriminator="kind")], ...]
)
HOSTS = "notify_hosts"
TABLES = "notify"
FILES = ("secret_file", "password_file", "ca_file")


def channels_of(workspace: Workspace, file: Path | None = None) -> tuple[AnyChannel, ...]:
    """Channels of the workspace's settings and, behind them, of a further TOML file; none where none is configured.

    Which hosts may be spoken to is said by `notify_hosts` in the workspace's settings alone.

    Raises:
        UsageError: if a file cannot be read, a channel is not of its shape, has the name of another one, or speaks to
            a host that is not allowed.
    """
    settings = workspace.root / SETTINGS
    document = _read(settings)
    hosts = document.get(HOSTS, [])
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
        message = f'expected {HOSTS} as a list such as ["hooks.firm.example:443"], found {hosts!r}'
        raise UsageError(message, where=str(settings))
    found = _channels(document, settings)
    if file is not None:
        found += _channels(_read(file), file)
    names = [channel.name for channel in found]
    for channel in found:
        if names.count(channel.name) > 1:
            message = f"expected each channel once, found {channel.name!r} twice"
            raise UsageError(message, where=str(file or settings))
        _require_allowed(channel, hosts, str(settings))
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"expected readable settings, found: {error}"
        raise UsageError(message, where=str(path)) from error


def _channels(document: Mapping[str, Any], path: Path) -> tuple[AnyChannel, ...]:
    try:
        found = _CHANNELS.validate_python(document.get(TABLES, []))
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, item['loc'])) or TABLES}: {item['msg']}"
            for item in error.errors(include_url=False, include_context=False)
        ]
        message = f"expected [[{TABLES}]] tables of channels, found: {'; '.join(problems)}"
        raise UsageError(message, where=str(path)) from error
    # Files are named from the folder of the file that names them, wherever the program runs.
    return tuple(
        channel.model_copy(
            update={name: str(path.parent / value) for name in FILES if (value := getattr(channel, name, ""))}
        )
        for channel in found
    )


def _require_allowed(channel: AnyChannel, hosts: list[str], where: str) -> None:
    if isinstance(channel, LocalCommand):
        return
    names = channel.reached_as()
    if not {host.lower() for host in hosts} & set(names):
        message = (
            f"expected {HOSTS} to name {names[0]}, which channel {channel.name!r} speaks to, found "
            f"{', '.join(hosts) or 'none'}: add it there if it may be spoken to"
        )
        raise UsageError(message, where=where)
