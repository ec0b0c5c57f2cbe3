"""`routeproof serve`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from routeproof.cli.options import recorded_workspace_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; loopback unless --behind-proxy."
)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535), help="0 = any that is free.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that answer.")
@click.option("--behind-proxy", is_flag=True, help="A proxy ends TLS and says who asks.")
@click.option(
    "--trusted-proxy",
    "proxies",
    multiple=True,
    default=("127.0.0.1", "::1"),
    show_default=True,
    envvar="ROUTEPROOF_TRUSTED_PROXY",
    help="Address or network of that proxy, repeatable; `*` = whoever reaches the port.",
)
@click.option(
    "--origin",
    default="",
    envvar="ROUTEPROOF_ORIGIN",
    help="Address under which browsers reach the server; passkeys and single sign-on need it.",
)
@click.option(
    "--scanner",
    default="",
    envvar="ROUTEPROOF_SCANNER",
    help="Command that looks at every file that is sent, such as `clamdscan --no-summary --fdpass`; 0 passes it.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    envvar="ROUTEPROOF_LOG_LEVEL",
    help="Of the log on stderr, one JSON document a line.",
)
@recorded_workspace_option
def serve(
    *,
    host: str,
    port: int,
    workers: int,
    behind_proxy: bool,
    proxies: tuple[str, ...],
    origin: str,
    scanner: str,
    log_level: str,
    workspace: Path,
) -> None:
    """Serve the application until SIGTERM; one line on stdout says when it is ready.

    Example: routeproof serve --port 8080 --workspace demo/workspace
    """
    from routeproof.app.access.site import site_of  # noqa: PLC0415
    from routeproof.app.access.sso_settings import sso_settings  # noqa: PLC0415
    from routeproof.app.workspace import open_workspace  # noqa: PLC0415
    from routeproof.web.serve import serve as run  # noqa: PLC0415
    from routeproof.web.settings import Settings  # noqa: PLC0415

    if sso_settings(open_workspace(workspace)) is not None or origin:
        site_of(origin)
    settings = Settings(
        workspace=workspace.resolve(),
        behind_proxy=behind_proxy,
        proxies=",".join(proxies),
        origin=origin,
        scanner=scanner,
        log_level=log_level,
    )
    run(settings, host=host, port=port, workers=workers)
