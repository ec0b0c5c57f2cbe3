"""Make a Rule 605 report for a month: the file, and the figures behind it for those who check."""

from __future__ import annotations

import hashlib
import re
import tempfile
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from routeproof.app.disclosure.inactive_605 import inactive_symbols
from routeproof.app.disclosure.late_changes import late_changes
from routeproof.app.disclosure.made import name_of_part
from routeproof.app.disclosure.orders_folder import read_orders_folder
from routeproof.app.disclosure.report605_sums import Month605, month_sums
from routeproof.app.disclosure.validate_605 import validate_file
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.shipped_rules import rules_of, shipped_rules
from routeproof.metrics.rule605.judged import Reporter
from routeproof.reports.rule605.files import File605, Header605, detailed_file, summary_file
from routeproof.stores.files import beside_standing, sha256_of, write_whole
from routeproof.stores.shipped_disclosure import load_disclosure605
from routeproof.stores.shipped_policy import load_report605_policy
from routeproof.stores.zip_file import write_zip
from routeproof.tables.registry import TABLES
from routeproof.vocab.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.app.context import Context
    from routeproof.app.disclosure.report605_sums import Sums605
    from routeproof.app.measuring.day_walk import DaySource
    from routeproof.policy.report605 import Report605Policy, Reporting605
    from routeproof.tables.measured.day import DayRules

Kind = Literal["detailed", "summary"]
_REPORTER = re.compile(r"^[A-Z0-9]{1,10}$")
_SUMMARY_REPORTER = re.compile(r"^[A-Z]{1,10}$")
"""The SEC's schema of the summary takes no digits."""
_PARTICIPANT = re.compile(r"^[A-Z]$")
_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked605:
    """What report is asked for.

    Attributes:
        kind: detailed, under (a)(1), or summary, under (a)(2).
        reporter: reporter identification code.
        participant: code of the designated participant.
        month: first day of the month of data.
        out: folder for the file.
        packed: write a zip of the file too.
        provider: only orders given to this provider; all if empty.
    """

    kind: Kind
    reporter: str
    participant: str
    month: date
    out: Path
    packed: bool = False
    provider: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow605:
    """Where orders come from.

    Attributes:
        source: canonical rows and quotes.
        days: on which it has flow.
        instruments: canonical instruments, for index membership.
        venues: canonical venues, for those of the reporter.
        rules: hours and round lots.
        origin: what the report was made from, in words for people: a manifest or a digest of files.
        left_out: rows of no shares that were not taken in, by file.
        readings: of the rule, by date: those in force, else the shipped ones.
    """

    source: DaySource
    days: Sequence[date]
    instruments: pl.DataFrame
    venues: pl.DataFrame
    rules: DayRules
    origin: str
    left_out: dict[str, int]
    readings: Report605Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Made605:
    """A report that was made, and written if it has files.

    Attributes:
        asked: what was asked.
        reporting: readings in force.
        files: path, hash and rows of each file that was written.
        file: the report's rows.
        sums: behind it.
        origin: what it was made from.
        notes: what a reader must know, in sentences.
        warnings: what whoever made it must know.
    """

    asked: Asked605
    reporting: Reporting605
    files: tuple[dict[str, Any], ...] = ()
    file: File605
    sums: Sums605
    origin: str
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def orders_in(self) -> int:
        """Order versions that were looked at: a replaced order counts once per version."""
        return sum(item["versions"] for item in self.sums.reasons.values())

    @property
    def covered(self) -> int:
        """Covered orders among them."""
        return self.sums.reasons.get("", {}).get("versions", 0)

    @property
    def excluded(self) -> dict[str, int]:
        """Reason -> order versions that are no covered orders."""
        return {reason: item["versions"] for reason, item in self.sums.reasons.items() if reason}

    def as_json(self) -> dict[str, Any]:
        """`{"files", "orders_in", "covered", "excluded"}`."""
        return {
            "files": list(self.files),
            "orders_in": self.orders_in,
            "covered": self.covered,
            "excluded": self.excluded,
        }


def asked_605(  # noqa: D417 the rest is said by `Asked605`
    kind: Kind, reporter: str, participant: str, month: str, out: Path, *, packed: bool = False, provider: str = ""
) -> Asked605:
    """What is asked, checked.

    Args:
        month: YYYY-MM.

    Raises:
        UsageError: a code or a month that is none.
    """
    code = _REPORTER if kind == "detailed" else _SUMMARY_REPORTER
    for text, pattern, where, example in (
        (reporter, code, "--reporter", "a code of capital letters such as IEXG"),
        (participant, _PARTICIPANT, "--participant", "one capital letter such as T"),
        (month, _MONTH, "--month", "a month such as 2026-08"),
    ):
        if not pattern.match(text):
            message = f"expected {example}, found {text!r}"
            raise UsageError(message, where=where)
    year, number = (int(part) for part in month.split("-"))
    return Asked605(
        kind=kind, reporter=reporter, participant=participant, month=date(year, number, 1), out=out, packed=packed,
        provider=provider,
    )  # fmt: skip


def flow_of_folder(folder: Path) -> Flow605:
    """Orders of a folder of CSV files; see `read_orders_folder`."""
    read = read_orders_folder(folder)
    empty = pl.DataFrame(
        schema={"symbol": pl.String, "valid_from": pl.Date, "sp500": pl.Boolean, "round_lot": pl.Int64}
    )
    instruments = read.tables.get("instruments", empty)
    lots = instruments.filter(pl.col("round_lot").is_not_null()).select("symbol", "valid_from", "round_lot")
    return Flow605(
        source=read.source,
        days=read.source.days(),
        instruments=instruments,
        venues=read.tables.get("venues", TABLES["venues"].empty()),
        rules=shipped_rules(lots),
        origin=f"files with digest {read.digest}",
        left_out={name: rows for name, rows in read.left_out.items() if rows},
        readings=load_report605_policy(),
    )


def flow_of_workspace(context: Context) -> Flow605:
    """Orders of a workspace's lake, as it is known now."""
    manifest = context.lake.manifest().id
    source = LakeSource(context.lake, manifest)
    policy = policy_in_force(context.records)
    return Flow605(
        source=source,
        days=source.days(),
        instruments=context.lake.read("instruments", manifest=manifest),
        venues=context.lake.read("venues", manifest=manifest),
        rules=rules_of(context.lake, manifest, policy.whole),
        origin=f"manifest {manifest}, policy {policy.id}, {policy.readings} of Rule 605",
        left_out={},
        readings=policy.whole.rule605,
    )


def report_605(asked: Asked605, flow: Flow605) -> Made605:
    """Make the report and write its file; see `make_605` and `write_605`."""
    return write_605(make_605(asked, flow))


def make_605(asked: Asked605, flow: Flow605) -> Made605:
    """Make the report; nothing is written.

    Raises:
        RefusedError: index membership of a symbol is unknown and the policy takes none for granted.
    """
    reporting = flow.readings.on(asked.month)
    last = asked.month.replace(day=monthrange(asked.month.year, asked.month.month)[1])
    own = flow.venues.filter(pl.col("affiliate_of") == asked.reporter)["mic"].to_list()
    exempt, remark = inactive_symbols(flow.source, flow.rules, flow.instruments, reporting)
    month = Month605(
        days=(asked.month, last),
        reporting=reporting,
        reporter=Reporter(code=asked.reporter, own_venues=own, exempt_symbols=exempt),
        rules=flow.rules,
        provider=asked.provider,
    )
    sums = month_sums(flow.source, flow.days, month)
    header = Header605(participant=asked.participant, reporter=asked.reporter, month=f"{asked.month:%Y%m}")
    members, unknown = _members(flow.instruments, sums.rows["symbol"].unique().sort().to_list(), asked.month, reporting)
    if asked.kind == "detailed":
        file = detailed_file(header, sums.rows, sums.metrics, reporting)
    else:
        file = summary_file(header, sums.rows, sums.metrics, reporting, members)
    if asked.provider:
        name = Path(file.name)
        file = replace(file, name=f"{name.stem}-{name_of_part(asked.provider)}{name.suffix}")
    notes = [*_notes(asked, reporting, sums, flow, unknown if asked.kind == "summary" else []), remark]
    late = late_changes(flow.source, flow.days, *month.days)
    if late:
        notes.append(f"{late} executions were busted or corrected under another day: they count as they were first.")
    return Made605(
        asked=asked,
        reporting=reporting,
        file=file,
        sums=sums,
        origin=flow.origin,
        notes=tuple(notes),
    )


def _members(
    instruments: pl.DataFrame, symbols: Sequence[str], first: date, reporting: Reporting605
) -> tuple[dict[str, bool], list[str]]:
    """Symbol -> member of the index on the first of the month, and the symbols of which nobody says so."""
    begun = instruments.filter(pl.col("valid_from") <= first).sort("symbol", "valid_from")
    said = begun.unique("symbol", keep="last", maintain_order=True).filter(pl.col("sp500").is_not_null())
    known: dict[str, bool] = dict(said.select("symbol", "sp500").iter_rows())
    unknown = [symbol for symbol in symbols if symbol not in known]
    if unknown and reporting.value("sp500_unknown") == "refuse":
        message = (
            f"index membership on {first} is unknown for {', '.join(unknown[:5])}: ingest instruments with sp500, or "
            "let the policy sp500_unknown say what they are taken for"
        )
        raise RefusedError(message, where="sp500_unknown")
    return {symbol: known.get(symbol, False) for symbol in symbols}, unknown


def _notes(asked: Asked605, reporting: Reporting605, sums: Sums605, flow: Flow605, unknown: Sequence[str]) -> list[str]:
    notes = [*reporting.decided]
    if asked.provider:
        notes.append(
            f"Only orders given to {asked.provider}: a part of the firm's flow, no report of it, not to be published."
        )
    if not reporting.value("compliance"):
        notes.append(f"{asked.month:%Y-%m} is before the amended report is due: this is no filing.")
    participants = load_disclosure605().participants.on_or_first(asked.month).value
    if asked.participant not in participants:
        notes.append(
            f"{asked.participant} is no designated participant in {asked.month:%Y-%m} as far as is known here."
        )
    if unknown:
        notes.append(f"Index membership is unknown for {_some(unknown)}: reported as N.")
    if asked.kind == "detailed" and not sums.has_tape:
        notes.append("There is no tape: fields 53 and 54 are empty.")
    if asked.kind == "detailed" and not reporting.value("best_displayed"):
        notes.append("Fields 45 to 49 are not due yet and empty.")
    elif asked.kind == "detailed" and _knows_no_odd_lots(sums):
        notes.append("No quotes of odd lots were taken in for these orders: fields 45 to 49 are empty.")
    notes += _counted(sums)
    notes += [f"{rows} rows of no shares in {name} were left out." for name, rows in flow.left_out.items()]
    return notes


def _counted(sums: Sums605) -> Iterator[str]:
    """What was counted beside the figures, where there is any."""
    if sums.stray_fills:
        yield f"{sums.stray_fills} fills name no known order and are in no report."
    if sums.assumed_lots:
        yield (
            f"{sums.assumed_lots} covered orders are odd lots by a round lot of 100, at prices for which the tiers in "
            "force have less: instruments declare none, and the average price that decides the tier is not on record."
        )
    if sums.overfilled:
        yield f"{sums.overfilled} covered orders have more shares executed than they had: check their fills."


def _some(symbols: Sequence[str]) -> str:
    return symbols[0] if len(symbols) == 1 else f"{len(symbols)} symbols, {symbols[0]} first"


def _knows_no_odd_lots(sums: Sums605) -> bool:
    """No fill was held against the best displayed price, which takes quotes of odd lots."""
    known = "best_touch_improved_shares:rows"
    return known not in sums.rows.columns or not sums.rows[known].sum()


def write_605(made: Made605, *, keep_standing: bool = False) -> Made605:
    """Write the report's file, judge it as any other, and say what is wrong with it.

    Args:
        made: of `make_605`.
        keep_standing: leave another file of the same name alone, and write beside it.

    Returns:
        The same with `files` and `warnings`.
    """
    asked, file = made.asked, made.file
    path = asked.out / file.name
    path = beside_standing(path, file.content) if keep_standing else path
    write_whole(path, file.content)
    files: list[dict[str, Any]] = [
        {"path": str(path), "sha256": hashlib.sha256(file.content).hexdigest(), "rows": len(file.rows)}
    ]
    if asked.packed:
        packed = path.with_suffix(".zip")
        with tempfile.TemporaryDirectory(prefix="report-") as scratch:
            write_whole(Path(scratch) / path.name, file.content)
            write_zip(Path(scratch), packed)
        files.append({"path": str(packed), "sha256": sha256_of(packed), "rows": len(file.rows)})
    return replace(made, files=tuple(files), warnings=tuple(_faults(path)))


def _faults(path: Path) -> Iterator[str]:
    """What our own validator says of the file that was written, if it is not right."""
    found = validate_file(path, with_notes=False).problems
    if found:
        first = found[0]
        yield (
            f"the file is not as its rules have it: {len(found)} problem{'s' if len(found) > 1 else ''}, the first in "
            f"row {first.row}, {first.column}: {first.message}; `routeproof validate 605 {path}` lists them"
        )
