"""`routeproof report`: the group; each kind of report has its commands in a file of its own."""

from __future__ import annotations

import click

from routeproof.cli.report_605 import rule_605
from routeproof.cli.report_606 import report_606a1, report_606b1, report_606b3
from routeproof.cli.report_record import list_, publish, restate, show, sign


@click.group()
def report() -> None:
    """Reports that the law asks for: made, signed, published, restated."""


report.add_command(rule_605)
report.add_command(report_606a1)
report.add_command(report_606b1)
report.add_command(report_606b3)
report.add_command(sign)
report.add_command(publish)
report.add_command(restate)
report.add_command(show)
report.add_command(list_)
