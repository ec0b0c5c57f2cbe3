"""`routeproof restate` and `routeproof restatement`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from routeproof.cli.acting import Acts, acting_context, recording
from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_json, print_object, print_step

SHOWN_FIGURES = 40


@click.command()
@click.argument("period")
@click.option("--provider", required=True, help="Provider under review.")
@click.option("--declared", type=click.Path(path_type=Path, dir_okay=False), help="TOML of declared benchmark figures.")
@click.option("--against", help="Benchmark of the earlier pack, if it cannot be read from it: see `review build`.")
@click.option("--control", help="Control flow of the earlier pack, likewise.")
@recording
def restate(
    acts: Acts, period: str, provider: str, declared: Path | None, against: str | None, control: str | None
) -> None:
    """Compare the figures of PERIOD as they were reviewed with what they are now.

    Each changed figure is listed with its old and new value, its rows and its cause (data, metric, policy), and each
    verdict that flipped. If any changed, a restatement opens, which another person signs; a material change also opens
    an addendum to the closed review.

    Example: routeproof restate 2026Q3 --provider P --as ann
    """
    from routeproof.app.desk.restate import restate as restate_quarter  # noqa: PLC0415
    from routeproof.app.review.benchmark import read_declared  # noqa: PLC0415
    from routeproof.app.review.order import Order, switches_against  # noqa: PLC0415

    asked = None
    if declared is not None or against is not None or control is not None:
        asked = Order(
            quarter=period.upper(),
            provider=provider,
            against=against,
            control=control,
            declared=read_declared(declared) if declared is not None else {},
            switches=switches_against(against),
        )
    with acting_context(acts) as context:
        state = restate_quarter(context, period.upper(), provider, asked, print_step)
    _print(state, as_json=acts.as_json)


def _print(state: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(state)
        return
    if state["id"] is None:
        click.echo(f"No figure of {state['provider']} for {state['quarter']} has changed.")
        return
    click.echo(f"{'figure':<56} {'was':>14} {'is':>14}  {'rows':>9}  cause")
    for item in state["changed"][:SHOWN_FIGURES]:
        mark = " flipped" if item["flipped"] else " material" if item["material"] else ""
        figures = f"{_short(item['old']):>14} {_short(item['new']):>14}  {_short(item['rows']):>9}"
        click.echo(f"{item['figure'][:56]:<56} {figures}  {', '.join(item['causes'])}{mark}")
    if len(state["changed"]) > SHOWN_FIGURES:
        click.echo(f"… and {len(state['changed']) - SHOWN_FIGURES} more: --json lists all")
    print_object({**state, "changed": [], "flipped": []}, as_json=False)


def _short(value: Any) -> str:  # noqa: ANN401  # JSON
    if value is None:
        return "—"
    return f"{value:.6g}" if isinstance(value, float) else str(value)[:14]


@click.group()
def restatement() -> None:
    """Restatements: figures of a reviewed quarter that changed; another person signs."""


@restatement.command("sign")
@click.argument("restatement_id", metavar="ID")
@click.option("--version", "version_hash", metavar="HASH", help="version_hash of what you have read.")
@recording
def sign(acts: Acts, restatement_id: str, version_hash: str | None) -> None:
    """Sign a restatement, as another person than who opened it.

    Example: routeproof restatement sign 2026Q3-P-1 --version 3f9a… --as sam
    """
    from routeproof.app.desk.restate import sign_restatement  # noqa: PLC0415

    with acting_context(acts) as context:
        state = sign_restatement(context, restatement_id, version_hash)
    _print(state, as_json=acts.as_json)


@restatement.command("show")
@click.argument("restatement_id", metavar="ID")
@workspace_option
@json_option
def show(restatement_id: str, workspace: Path, *, as_json: bool) -> None:
    """Show a restatement with every changed figure.

    Example: routeproof restatement show 2026Q3-P-1 --json
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.desk.restate import restatement_shown  # noqa: PLC0415

    with open_context(workspace) as context:
        state = restatement_shown(context, restatement_id)
    _print(state, as_json=as_json)


@restatement.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List restatements and whether they are signed.

    Example: routeproof restatement list
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.objects.act import listed  # noqa: PLC0415
    from routeproof.governance.restatement import RESTATEMENT  # noqa: PLC0415

    with open_context(workspace) as context:
        found = listed(context, RESTATEMENT)
    if as_json:
        print_json(found)
        return
    for item in found["items"]:
        click.echo(f"{item['id']:<24} {item['state']}")
