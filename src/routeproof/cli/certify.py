"""`routeproof certify`: run scripts of test orders against a provider's test system."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.acting import Acts, entitled_context, recording
from routeproof.cli.looking import list_objects, show_object
from routeproof.cli.options import json_option, on_option, shipped_only, workspace_option
from routeproof.cli.printing import print_found, print_json, print_table, table_lines
from routeproof.governance.certification import CERTIFICATION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

RUN = "run"
EXIT_FAILED = 1
HELP_OPTIONS = frozenset({"-h", "--help"})


class RunByDefault(click.Group):
    """What is no command of the group is the provider of a run: `certify ACME` is `certify run ACME`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` in front where no command is named."""
        if args and args[0] not in self.commands and args[0] not in HELP_OPTIONS:
            args = [RUN, *args]
        return super().parse_args(ctx, args)


@click.group(cls=RunByDefault)
def certify() -> None:
    """Certification before go-live: test orders over FIX to a provider's test system, judged step by step."""


@certify.command(RUN)
@click.argument("provider_id", metavar="PROVIDER")
@click.option("--script", "scripts", multiple=True, help="Shipped script, or FILE; may be repeated. All shipped ones.")
@click.option(
    "--config",
    "session_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Session file with test_system = true; certification.toml of the workspace if omitted.",
)
@click.option("--configuration", help="Configuration record, where the provider has several.")
@click.option("--version", "number", type=int, help="Version of its settings that is tested; the one in force.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for report and results.")
@recording
def run(
    acts: Acts,
    provider_id: str,
    scripts: tuple[str, ...],
    session_file: Path | None,
    configuration: str | None,
    number: int | None,
    out: Path | None,
) -> None:
    """Run scripts against the test system of PROVIDER; with --as the run is signed into the record.

    Exit code 1 if a script failed. `run` may be left out.

    Example: routeproof certify run ACME --script market --script limit --config acme-test.toml --out cert --as ann
    """
    from routeproof.app.certify.run import Asked, run_certification  # noqa: PLC0415
    from routeproof.app.certify.scripts import load_scripts  # noqa: PLC0415

    asked = Asked(
        provider=provider_id,
        scripts=load_scripts(scripts),
        session_file=session_file,
        configuration=configuration,
        number=number,
        out=out,
    )
    with entitled_context(acts, "certification.record") as context:
        found = run_certification(context, asked, lambda text: None if acts.as_json else click.echo(text, err=True))
    print_found(found, _lines, as_json=acts.as_json)
    if not found["passed"]:
        sys.exit(EXIT_FAILED)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    rows = [
        {"script": item["script"], "result": "passed" if item["passed"] else "FAILED", "failed": item["failed"]}
        for item in found["scripts"]
    ]
    yield from table_lines(("script", "result", "failed"), rows)
    result = "passed" if found["passed"] else "FAILED"
    settings = f"{found['configuration']} version {found['number']}"
    yield f"{found['id'] or 'not recorded (no --as)'}: {result}, {found['provider']}, {settings}"
    if found["out"]:
        yield from (str(Path(found["out"]) / name) for name in found["files"])


@certify.command("scripts")
@shipped_only
@json_option
def scripts(*, as_json: bool) -> None:
    """List the scripts that come with the program.

    Example: routeproof certify scripts --json
    """
    from routeproof.app.certify.scripts import scripts_listed  # noqa: PLC0415

    found = scripts_listed()
    if as_json:
        print_json(found)
        return
    rows = [item | {"steps": len(item["steps"]), "sha256": item["sha256"][:12]} for item in found["scripts"]]
    print_table(("script", "version", "steps", "title", "instruments", "sha256"), rows)


@certify.command("show")
@click.argument("certification_id", metavar="ID")
@on_option
@workspace_option
@json_option
def show(certification_id: str, on: date | None, workspace: Path, *, as_json: bool) -> None:
    """Show run ID: settings, scripts with their hashes, what failed, report and results by hash.

    Example: routeproof certify show ACME-1
    """
    show_object(workspace, CERTIFICATION, certification_id, on, as_json=as_json)


@certify.command("list")
@workspace_option
@json_option
def list_(workspace: Path, *, as_json: bool) -> None:
    """List the runs on record.

    Example: routeproof certify list --json
    """
    list_objects(workspace, CERTIFICATION, ("provider", "configuration", "number"), as_json=as_json)
