"""`routeproof report`."""

from __future__ import annotations

import click

from routeproof.cli.report_605 import rule_605


@click.group()
def report() -> None:
    """Reports that the law asks for: made, signed, restated."""


report.add_command(rule_605)
