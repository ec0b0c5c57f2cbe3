"""`routeproof demo`."""

from __future__ import annotations

import time
from pathlib import Path

import click

from routeproof.cli.printing import print_step


@click.command()
@click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo/workspace"),
    show_default=True,
    help="Workspace to make; an earlier demo is replaced.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo/pack"),
    show_default=True,
    help="Folder for the review pack.",
)
@click.option("--web-ready", is_flag=True, help="Only make a workspace at --out, with people at work, to serve.")
@click.option("--keep", is_flag=True, help="With --web-ready: leave a filled demo as it is; say its accounts.")
@click.option("--seed", default=7, show_default=True, help="The only source of randomness.")
@click.option("--days", type=click.IntRange(min=1), help="Only the first so many sessions of the quarter.")
def demo(*, workspace: Path, out: Path, web_ready: bool, keep: bool, seed: int, days: int | None) -> None:
    """Simulate a quarter with two providers, take its files in, and build the review pack.

    With --web-ready the workspace goes to --out, filled with half a year of a firm's work and one account per role: a
    line each on stdout, role, user name, password (ROUTEPROOF_DEMO_PASSWORD, else a new one).

    \b
    Example: routeproof demo --days 5 --out demo/pack
             routeproof demo --web-ready --out demo/web
    """  # noqa: D301  # click's mark
    if web_ready:
        _fill(out, seed, days, keep=keep)
        return
    from routeproof.app.run_demo import PROVIDER, QUARTER, run_demo  # noqa: PLC0415

    begun = time.monotonic()
    result = run_demo(workspace, out, seed=seed, days=days, on_step=print_step)
    orders = sum(provider["parent_orders"] for provider in result.summary["providers"].values())
    click.echo(
        f"\n{orders:,} parent orders, {result.summary['quotes']:,} quotes, {len(result.summary['days'])} days, "
        f"{time.monotonic() - begun:.0f} s.\n"
    )
    click.echo(f"Provider {PROVIDER} in {QUARTER}. What to look at:")
    for finding in findings(result.built.document):
        click.echo(f"  - {finding}")
    click.echo(f"\nThe pack: {out / 'pack.html'} (also pack.pdf, pack.xlsx, pack.json)")
    click.echo(f"Next: routeproof measure --by provider,order_class -w {workspace}")
    click.echo(f"      routeproof quality -w {workspace}")


def _fill(root: Path, seed: int, days: int | None, *, keep: bool) -> None:
    from routeproof.app.demo.cast import account_lines  # noqa: PLC0415
    from routeproof.app.demo.fill import fill_demo, filled_demo  # noqa: PLC0415

    fill = filled_demo if keep else fill_demo
    for line in account_lines(fill(root, seed=seed, days=days, on_step=print_step).password):
        click.echo(line)


def findings(document: object) -> list[str]:
    """Headlines of the pack's first page, in its order."""
    from routeproof.reports.document import Document, Listing  # noqa: PLC0415

    if not isinstance(document, Document):
        return []
    blocks = [block for section in document.sections for block in section.blocks if isinstance(block, Listing)]
    return [f"{item.headline.rstrip('.')}. {item.detail}" for block in blocks[:1] for item in block.items]
