"""`routeproof review`."""

from __future__ import annotations

from pathlib import Path

import click

from routeproof.cli.acting import Acts, entitled_context, recording
from routeproof.cli.documents import read_text
from routeproof.cli.printing import print_json, print_step
from routeproof.vocab.errors import UsageError


@click.group()
def review() -> None:
    """The quarterly review of a provider."""


@review.command("build")
@click.argument("quarter")
@click.option("--provider", required=True, help="Provider under review.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the pack.")
@click.option(
    "--against",
    help="Benchmark: another provider's id, `prior` (own quarter before), `tape` (all at execution) or `industry` "
    "(public Rule 605 reports in the own mix).",
)
@click.option("--control", help="Provider id of a declared direct (control) flow, for the latency threshold.")
@click.option("--declared", type=click.Path(path_type=Path, dir_okay=False), help="TOML of declared benchmark figures.")
@click.option("--manifest", help="As known at this commit.")
@click.option("--analyses", is_flag=True, help="Also ask what the router really does: conflicts, routing, leakage, …")
@click.option("--as-built", help="Digest of an earlier pack: build it again from what was on record then.")
@recording
def build(
    *,
    quarter: str,
    provider: str,
    out: Path,
    against: str | None,
    control: str | None,
    declared: Path | None,
    manifest: str | None,
    analyses: bool,
    as_built: str | None,
    acts: Acts,
) -> None:
    """Measure QUARTER and write the pack: HTML, PDF, XLSX, JSON.

    Example: routeproof review build 2026Q3 --provider P --out packs/2026Q3
    """
    from routeproof.app.review.benchmark import read_declared  # noqa: PLC0415
    from routeproof.app.review.build_review import build_review  # noqa: PLC0415
    from routeproof.app.review.order import Order, switches_against  # noqa: PLC0415

    order = Order(
        quarter=quarter.upper(),
        provider=provider,
        against=against,
        control=control,
        declared=read_declared(declared) if declared is not None else {},
        switches=switches_against(against),
        manifest=manifest,
        analyses=analyses,
        as_built=as_built,
    )
    with entitled_context(acts, "review.build") as context:
        built = build_review(context, order, out, on_step=print_step)
    if acts.as_json:
        print_json({"out": str(out), "digest": built.digest, "files": built.hashes})
        return
    for name in built.hashes:
        click.echo(str(out / name))


@review.command("adopt")
@click.argument("quarter")
@click.option("--provider", required=True, help="Provider under review.")
@click.option("--row", required=True, help="Scorecard row: price_improvement, spread_capture, fill_time, …")
@click.option("--security", default="", help="Scorecard of this security; without it, of all securities together.")
@click.option("--by", help="Name of the person who answers for the text; the one who acts (--as) if omitted.")
@click.option("--text", help="Text in place of the draft; without it the draft is adopted as it stands.")
@click.option("--text-file", type=click.Path(path_type=Path, dir_okay=False), help="The same, from a UTF-8 file.")
@recording
def adopt(
    *,
    quarter: str,
    provider: str,
    row: str,
    security: str,
    by: str | None,
    text: str | None,
    text_file: Path | None,
    acts: Acts,
) -> None:
    """Adopt or edit a draft analysis of the last built pack; the next build prints it with name and time.

    Example: routeproof review adopt 2026Q3 --provider P --row fill_time --by "R. Alvarez"
    """
    from routeproof.app.review.adopt_analysis import Adopting, adopt_analysis, name_of_acting  # noqa: PLC0415

    if text is not None and text_file is not None:
        message = "expected --text or --text-file, found both"
        raise UsageError(message, where="--text")
    with entitled_context(acts, "review.adopt") as context:
        request = Adopting(
            quarter=quarter.upper(),
            provider=provider,
            row=row,
            security=security,
            by=by or name_of_acting(context),
            text=read_text(text_file, "--text-file") if text_file is not None else text,
        )
        adopted = adopt_analysis(context, request)
    if acts.as_json:
        print_json({"draft": adopted.draft, "text": adopted.text, "digest": adopted.digest})
        return
    click.echo(adopted.text)
