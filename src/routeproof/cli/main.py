"""The program `routeproof`: commands are imported when they are called, errors become exit codes."""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from typing import Any

import click

from routeproof.vocab.errors import RouteproofError

# polars gives freed memory back to the system within half a second, and large pieces at once, only to ask for them
# again: half of the system time. Few arenas use again what another thread has freed. It is read when polars is first
# imported, which no command has done yet. Whoever sets it otherwise is obeyed.
_ARENAS = max(1, (os.cpu_count() or 1) // 2)
os.environ.setdefault(
    "_RJEM_MALLOC_CONF", f"narenas:{_ARENAS},oversize_threshold:0,dirty_decay_ms:10000,muzzy_decay_ms:10000"
)

# Most of what a command makes is what it imports, none of which ever goes: searching it for cycles takes a twentieth of
# the start.
gc.set_threshold(50_000, 20, 20)

COMMANDS = {
    "init": "routeproof.cli.init:init",
    "migrate": "routeproof.cli.migrate:migrate",
    "backup": "routeproof.cli.backup:backup",
    "restore": "routeproof.cli.backup:restore",
    "ingest": "routeproof.cli.ingest:ingest",
    "withdraw": "routeproof.cli.withdraw:withdraw",
    "map": "routeproof.cli.map:map_command",
    "validate": "routeproof.cli.validate:validate",
    "convert": "routeproof.cli.convert:convert",
    "benchmark": "routeproof.cli.benchmark:benchmark",
    "quality": "routeproof.cli.quality:quality",
    "measure": "routeproof.cli.measure:measure",
    "metrics": "routeproof.cli.metrics:metrics",
    "compare": "routeproof.cli.compare:compare",
    "experiment": "routeproof.cli.experiment:experiment",
    "review": "routeproof.cli.review_record:review",
    "remediation": "routeproof.cli.remediation:remediation",
    "restate": "routeproof.cli.restatement:restate",
    "restatement": "routeproof.cli.restatement:restatement",
    "people": "routeproof.cli.people:people",
    "provider": "routeproof.cli.provider:provider",
    "ledger": "routeproof.cli.ledger:ledger",
    "rebuild": "routeproof.cli.rebuild:rebuild",
    "policy": "routeproof.cli.policy:policy",
    "wsp": "routeproof.cli.wsp:wsp",
    "duties": "routeproof.cli.duties:duties",
    "duty": "routeproof.cli.duties:duty",
    "evidence": "routeproof.cli.evidence:evidence",
    "binder": "routeproof.cli.binder:binder",
    "internalised": "routeproof.cli.internalised:internalised",
    "conflict": "routeproof.cli.conflict:conflict",
    "conflicts": "routeproof.cli.conflicts:conflicts",
    "routing": "routeproof.cli.routing:routing",
    "disclosure": "routeproof.cli.disclosure:disclosure",
    "sla": "routeproof.cli.sla:sla",
    "config": "routeproof.cli.config:config",
    "certify": "routeproof.cli.certify:certify",
    "reconcile": "routeproof.cli.reconcile:reconcile",
    "counterfactual": "routeproof.cli.counterfactual:counterfactual",
    "leakage": "routeproof.cli.leakage:leakage",
    "rules": "routeproof.cli.rules:rules",
    "exceptions": "routeproof.cli.exceptions:exceptions",
    "drift": "routeproof.cli.drift:drift",
    "watch": "routeproof.cli.watch:watch",
    "case": "routeproof.cli.case:case",
    "suppress": "routeproof.cli.suppress:suppress",
    "day": "routeproof.cli.day:day",
    "notify": "routeproof.cli.notify:notify",
    "report": "routeproof.cli.report:report",
    "serve": "routeproof.cli.serve:serve",
    "access": "routeproof.cli.access:access",
    "account": "routeproof.cli.account:account",
    "lab": "routeproof.cli.lab:lab",
    "demo": "routeproof.cli.demo:demo",
}
"""Command to `module:object`; a new noun is one file and one line here."""

HELP = {
    "init": "Make a workspace.",
    "backup": "Copy the record while work goes on.",
    "restore": "Make a workspace from a backup, and verify it.",
    "migrate": "Bring a workspace of an earlier version to this one.",
    "ingest": "Take files in: quotes, trades, orders, executions.",
    "withdraw": "Take a wrong file of quotes or trades out of every figure.",
    "map": "Guess the map of a delimited file, and try it on its first rows.",
    "validate": "Whether a public disclosure is right, and where it is not.",
    "convert": "A Rule 606 document to tables and back.",
    "benchmark": "Public disclosures of others as a measure.",
    "quality": "What came in, what was refused and why, what it is worth.",
    "measure": "Execution quality by dimension.",
    "metrics": "Every metric: formula, unit, direction, source.",
    "compare": "Two flows like with like, or no answer.",
    "experiment": "A designed experiment: registered, assigned, read.",
    "review": "The quarterly review: build the pack, open, record, sign, close.",
    "remediation": "Underperformance of a provider, from letter to conclusion.",
    "restate": "Figures of a reviewed quarter as they were and as they are.",
    "restatement": "What was restated, and who signed it.",
    "people": "Who works here, in which role.",
    "provider": "The provider file: due diligence, approval, refresh, incidents.",
    "ledger": "The record that cannot be quietly changed: verify, export, checkpoints.",
    "rebuild": "Replay the ledger and compare what is shown with it.",
    "policy": "Thresholds and other decisions of the firm, by date.",
    "wsp": "Written supervisory procedures, bound to controls.",
    "duties": "What is owed when, and what shows that it was done.",
    "duty": "One duty: closed with evidence, or added by the firm.",
    "evidence": "Documents: how long they are kept, what holds them.",
    "binder": "Everything of a quarter in one file that anyone can check.",
    "internalised": "Internalised flow, judged order by order.",
    "sla": "The agreement with a provider as code: terms, evaluation, credits.",
    "config": "A provider's settings in versions, compared and approved.",
    "certify": "Test orders to a provider's test system before go-live.",
    "reconcile": "A provider's report against the record.",
    "counterfactual": "What displayed quotes would have cost, as bounds.",
    "leakage": "Whether the market moves away after own orders.",
    "rules": "The monitoring rules: when each fires, its thresholds, its source.",
    "exceptions": "What the rules found, day by day.",
    "drift": "Whether daily figures have left their baseline.",
    "watch": "Judge as it happens, from FIX sessions and growing files.",
    "case": "Cases that people work, with their evidence.",
    "suppress": "Findings that open no case until a day, and why.",
    "day": "Close a trading day, and what amended it since.",
    "conflicts": "Whether money pulls a router's choice of venue.",
    "routing": "What a router really does: rankings, sweeps, changes, answers tested.",
    "conflict": "Conflicts of interest: payments, ownership, a person's own.",
    "report": "Rule 605 and 606 reports: made, signed, published, restated.",
    "disclosure": "Customers' requests and their clock, notices, filings.",
    "notify": "Tell people outside: webhook, mail or a local command.",
    "serve": "The application in a browser, over this workspace.",
    "access": "Every way into the application, and who may take it.",
    "account": "Accounts of people: who may log in.",
    "lab": "Simulate a market and providers, honest or cheating.",
    "demo": "The whole main job on a simulated quarter.",
}
"""One line per command, so that `--help` imports none of them."""

EXIT_USAGE = 2
TRACE = "ROUTEPROOF_TRACE"
"""Set, it shows the whole trace of an error that nobody expected."""


class LazyGroup(click.Group):
    """Commands by name, imported on first use: the program says hello at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Names in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command = getattr(importlib.import_module(module), name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Names and one line each, without importing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, HELP.get(name, "")) for name in COMMANDS])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="routeproof")
def cli() -> None:
    """Independent best-execution oversight of a third-party smart order router."""


def main(arguments: list[str] | None = None) -> None:
    """Run the program; one error shape, exit codes by kind of error."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        result: Any = cli.main(args=given, standalone_mode=False)
    except RouteproofError as error:
        _say(error.code, error.message, error.where, as_json="--json" in given)
        sys.exit(error.exit_code)
    except OSError as error:
        message = f"expected files that can be read and written, found: {error.strerror or error}"
        _say("disk", message, str(error.filename or ""), as_json="--json" in given)
        sys.exit(RouteproofError.exit_code)
    except click.exceptions.Abort:
        _say("aborted", "interrupted; what was not committed is not in the lake", "", as_json="--json" in given)
        sys.exit(130)
    except RecursionError:
        _say("usage", "expected input that is nested less deeply", "", as_json="--json" in given)
        sys.exit(EXIT_USAGE)
    except click.ClickException as error:
        _say("usage", error.format_message(), "", as_json="--json" in given)
        sys.exit(EXIT_USAGE)
    except Exception as error:  # whatever it is, whoever calls gets one line of the agreed shape
        if os.environ.get(TRACE):
            raise
        message = f"expected this not to happen, found {type(error).__name__}: {error}; {TRACE}=1 shows where"
        _say("unexpected", message, _place(error), as_json="--json" in given)
        sys.exit(RouteproofError.exit_code)
    sys.exit(result if isinstance(result, int) else 0)


def _place(error: Exception) -> str:
    """File and line where an error arose."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119


def _say(code: str, message: str, where: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": {"code": code, "message": message, "where": where}}), err=True)
        return
    place = f" [{where}]" if where else ""
    click.echo(f"routeproof: {message}{place}", err=True)
