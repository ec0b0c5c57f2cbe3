"""`routeproof lab`: simulate providers, honest or cheating, as files to ingest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.options import day_option, json_option, shipped_only, workspace_option
from routeproof.cli.printing import print_json, print_table
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from routeproof.lab.config import LabConfig, Planted


@click.group("lab", help="Simulate a market and providers, honest or cheating in graded ways.")
def lab() -> None:
    """Group of the simulator's commands."""


@lab.command("simulate")
@click.option("--seed", default=7, show_default=True, help="The only source of randomness.")
@click.option(
    "--days", type=click.IntRange(min=1), default=None, help="Keep the first so many sessions of the quarter."
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Directory to write.")
@click.option(
    "--scenario",
    type=click.Choice(["demo", "honest", "stressed"]),
    default="demo",
    show_default=True,
    help="Stressed: honest, with stress days, a halt, outages, late and broken files; also together with --cheat.",
)
@click.option("--cheat", default=None, help="One fault alone, see `routeproof lab cheats`, in place of the demo's.")
@click.option("--grade", type=click.IntRange(0, 2), default=2, show_default=True, help="Mild, middle or gross.")
@click.option("--intensity", type=float, help="In place of --grade: any intensity, in the unit of the fault.")
@day_option("--cheat-from", words="First day of the fault, in place of the scenario's first day.")
@click.option("--prior", type=click.IntRange(min=0), help="Sessions before the first day, without the fault.")
@click.option("--venue-quotes", is_flag=True, help="Also every venue's own quotes: seven times as many rows.")
@day_option("--from", "first", words="First day, in place of the scenario's.")
@day_option("--to", "last", words="Last day, in place of the scenario's.")
@click.option("--orders-per-day", type=click.IntRange(min=10), help="Parent orders per provider; a small quarter.")
@click.option("--quotes-per-day", type=click.IntRange(min=2_000), help="NBBO quotes of all symbols together, about.")
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes.")
def simulate(
    seed: int,
    days: int | None,
    out: Path,
    scenario: str,
    cheat: str | None,
    grade: int,
    intensity: float | None,
    cheat_from: date | None,
    prior: int | None,
    first: date | None,
    last: date | None,
    orders_per_day: int | None,
    quotes_per_day: int | None,
    workers: int,
    *,
    venue_quotes: bool,
) -> None:
    """Write FIX logs, quotes, trades, vendor reports and maps; prints totals as JSON.

    `delivery.json` lists what to ingest, in order; `truth/` keeps what really happened, for tests.

    Example: routeproof lab simulate --cheat slow_walk --grade 0 --days 21 --prior 15 --out delivery
    """
    from routeproof.lab.delivery import write_delivery  # noqa: PLC0415 heavy imports only when they are needed
    from routeproof.lab.presets import with_hard_days  # noqa: PLC0415

    if cheat is None and (intensity is not None or cheat_from is not None):
        message = "expected --cheat beside --intensity or --cheat-from, found neither a fault nor its name"
        raise UsageError(message, where="--cheat")
    fault = None if cheat is None else _fault(cheat, grade, intensity, cheat_from)
    config = replace(_config(scenario, fault, seed, days, prior), venue_quotes=venue_quotes)
    wanted: dict[str, Any] = {
        "first": first,
        "last": last,
        "orders_per_day": orders_per_day,
        "quotes_per_day": quotes_per_day,
    }
    config = replace(config, **{name: value for name, value in wanted.items() if value is not None})
    if not config.quarter:
        message = f"expected sessions from {config.first} to {config.last}, found none"
        raise UsageError(message, where="--from")
    if scenario == "stressed":  # again, for the sessions that are left
        config = with_hard_days(config)
    summary = write_delivery(config, out, workers=workers, progress=_talk)
    click.echo("", err=True)
    click.echo(json.dumps(summary, sort_keys=True))


@lab.command("deliver")
@click.argument("delivery", type=click.Path(path_type=Path, exists=True, file_okay=False))
@workspace_option
@json_option
def deliver(delivery: Path, workspace: Path, *, as_json: bool) -> None:
    """Take in all that a simulated DELIVERY holds, in its order, as `ingest` does.

    Example: routeproof lab deliver delivery --workspace bestex
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.intake.take_delivery import take_delivery  # noqa: PLC0415

    with open_context(workspace, role="lab") as context:
        taken = take_delivery(context, delivery, on_step=lambda text: click.echo(f"  {text}", err=True))
    if as_json:
        print_json(taken)


@lab.command("cheats")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def cheats(*, as_json: bool) -> None:
    """List the faults that can be planted, with their three grades.

    Example: routeproof lab cheats --json
    """
    from routeproof.lab.cheats import BY_NAME  # noqa: PLC0415 heavy imports only when they are needed

    rows = [
        {"cheat": one.name, "grades": list(one.grades), "unit": one.unit, "stage": one.stage, "what": one.what}
        for one in BY_NAME.values()
    ]
    if as_json:
        print_json(rows)
        return
    click.echo(f"{'cheat':20} {'grade 0 / 1 / 2':20} {'unit':30} what happens")
    for one in BY_NAME.values():
        grades = " / ".join(f"{grade:g}" for grade in one.grades)
        click.echo(f"{one.name:20} {grades:20} {one.unit:30} {one.what}")


@lab.command("test-system")
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), required=True, help="[[fix]] of an acceptor."
)
@click.option("--fault", "faults", multiple=True, help="Misbehaviour; may be repeated. See `routeproof lab faults`.")
@click.option("--venue", "venues", multiple=True, help="MIC that it executes at; may be repeated.")
@shipped_only
def test_system(config: Path, faults: tuple[str, ...], venues: tuple[str, ...]) -> None:
    """Play a provider's test system for `routeproof certify`, with faults if wanted; serves until SIGTERM or Ctrl-C.

    Example: routeproof lab test-system --config provider.toml --fault late_ack
    """
    import signal  # noqa: PLC0415
    import threading  # noqa: PLC0415

    from routeproof.app.certify.simulated_provider import serve_provider  # noqa: PLC0415
    from routeproof.app.context import wall_clock  # noqa: PLC0415

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())

    def ready(listening: Any) -> None:  # noqa: ANN401  # sequence of `sources.live.session.Listening`
        told = [{"name": item.name, "host": item.host, "port": item.port} for item in listening]
        click.echo(json.dumps({"event": "ready", "fix": told}))

    serve_provider(config, faults, venues, wall_clock, ready, stopping)


@lab.command("faults")
@shipped_only
@json_option
def faults_(*, as_json: bool) -> None:
    """List what the simulated test system may get wrong, and the check that finds it.

    Example: routeproof lab faults --json
    """
    from routeproof.lab.certification.faults import FAULTS  # noqa: PLC0415

    rows = [{"fault": one.name, "what": one.what, "script": one.script, "check": one.check} for one in FAULTS]
    if as_json:
        print_json(rows)
        return
    print_table(("fault", "what", "script", "check"), rows)


def _talk(done: int, total: int) -> None:
    click.echo(f"\rsession {done} of {total}", err=True, nl=False)


def _fault(cheat: str, grade: int, intensity: float | None, cheat_from: date | None) -> Planted:
    from routeproof.lab import presets  # noqa: PLC0415 heavy imports only when they are needed

    known = presets.graded(cheat, grade)
    return replace(known, grade=known.grade if intensity is None else intensity, from_on=cheat_from)


def _config(scenario: str, fault: Planted | None, seed: int, days: int | None, prior: int | None) -> LabConfig:
    from routeproof.lab import presets  # noqa: PLC0415 heavy imports only when they are needed

    if fault is not None:
        config = presets.one_fault(fault, seed, days=days, hard=scenario == "stressed")
    else:
        made = {"demo": presets.demo, "honest": presets.honest, "stressed": presets.stressed}
        config = made[scenario](seed, days=days)
    return config if prior is None else presets.with_prior(config, prior)
