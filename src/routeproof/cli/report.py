"""`routeproof report`: the group; each kind of report has its commands in a file of its own."""

from __future__ import annotations

import click

from routeproof.cli.report_606 import report_606a1, report_606b1, report_606b3
from routeproof.cli.report_record import list_, publish, restate, show, sign


@click.group()
def report() -> None:
    """Rule 605 and 606 reports: made, signed, published, restated."""


for _command in (report_606a1, report_606b1, report_606b3, sign, publish, restate, show, list_):
    report.add_command(_command)
