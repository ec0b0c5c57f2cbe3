"""`routeproof review`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from routeproof.cli.options import json_option, workspace_option


@click.group()
def review() -> None:
    """The quarterly review of a provider."""


@review.command("build")
@click.argument("quarter")
@click.option("--provider", required=True, help="Provider under review.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the pack.")
@click.option("--against", help="Benchmark: another provider's id, or `prior` for the own quarter before.")
@click.option("--control", help="Provider id of a declared direct (control) flow, for the latency threshold.")
@click.option("--declared", type=click.Path(path_type=Path, dir_okay=False), help="TOML of declared benchmark figures.")
@click.option("--manifest", help="As known at this commit.")
@workspace_option
@json_option
def build(
    *,
    quarter: str,
    provider: str,
    out: Path,
    against: str | None,
    control: str | None,
    declared: Path | None,
    manifest: str | None,
    workspace: Path,
    as_json: bool,
) -> None:
    """Measure QUARTER and write the pack: HTML, PDF, XLSX, JSON.

    Example: routeproof review build 2026Q3 --provider P --out packs/2026Q3
    """
    from routeproof.app.build_review import Order, build_review  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.review.benchmark import read_declared  # noqa: PLC0415

    order = Order(
        quarter=quarter.upper(),
        provider=provider,
        against=against,
        control=control,
        declared=read_declared(declared) if declared is not None else {},
        manifest=manifest,
    )
    with open_context(workspace) as context:
        built = build_review(context, order, out, on_step=lambda text: click.echo(f"  {text} …", err=True))
    if as_json:
        click.echo(json.dumps({"out": str(out), "digest": built.digest, "files": built.hashes}))
        return
    for name in built.hashes:
        click.echo(str(out / name))
