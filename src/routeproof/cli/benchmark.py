"""`routeproof benchmark`."""

from __future__ import annotations

import click

from routeproof.cli.benchmark_605 import rule_605


@click.group()
def benchmark() -> None:
    """Public disclosures of others as a measure: what they execute like, and where they send their orders."""


benchmark.add_command(rule_605)
