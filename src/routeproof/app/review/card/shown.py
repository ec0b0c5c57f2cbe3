"""The scorecard of a provider's quarter as the record has it: nothing is measured to show it."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.governed import objects_of
from routeproof.app.review.adoptions import adopted_since, verdicts_in
from routeproof.app.review.earlier_builds import EVENT, builds
from routeproof.governance.review.noun import REVIEW
from routeproof.metrics.describe import described
from routeproof.reports.document import MARKS, VERDICT_WORDS
from routeproof.reports.numbers import counted, interval, printed, with_unit
from routeproof.reports.score import kind_of
from routeproof.stores.evidence import ExpiredError
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.reports.numbers import Kind
    from routeproof.reports.score import Adoption

    Plain = Mapping[str, Any]

COLUMNS = ("market", "limit")
CHOSEN = ""
"""The benchmark that was chosen by itself."""


def packs_on_record(context: Context) -> list[dict[str, str]]:
    """Provider and quarter of every pack that was built, newest quarter first: `[{"quarter", "provider"}]`."""
    rows = context.records.query("SELECT DISTINCT stream FROM ledger_leaves WHERE type = :type", {"type": EVENT})
    found = [str(stream).split("/", 2)[1:] for (stream,) in rows]
    return [
        {"quarter": quarter, "provider": provider}
        for quarter, provider in sorted(found, key=lambda pair: (pair[0], pair[1]), reverse=True)
    ]


def scorecard_shown(
    context: Context, quarter: str, provider: str, benchmark: str = CHOSEN, security: str = ""
) -> dict[str, Any] | None:
    """The scorecard of the last pack on record; null where none was built, or what it said is not held.

    Args:
        context: the workspace.
        quarter: as in `2026Q3`.
        provider: under review.
        benchmark: as `review build --against` names it; empty is the one of the last pack.
        security: of one security; empty is all together.

    Returns:
        `rows` (figures with interval, verdict, weeks and where their rows are), `benchmarks` to switch between,
        `securities` at a glance, `definitions` of the metrics, and `meta` of the pack. A row's `adopted_since` is what
        somebody adopted after the pack was built; `is_chosen`: against the benchmark that the pack prints.

    Raises:
        UsageError: a benchmark or a security that the pack does not have.
    """
    kept = kept_cards(context, quarter, provider)
    if not kept:
        return None
    last, chosen, surface = kept[-1], *_against(kept, benchmark)
    if security:
        surface, chosen = _security(last, security), _name(last)
    since = adopted_since(context.records.stream(f"review/{quarter}/{provider}"))
    rows = [
        {
            **_row(row, last["weeks"].get(row["id"], {}) if not security else {}),
            "adopted_since": _adopted(since.get((security, row["id"])), row),
        }
        for row in surface["rows"]
    ]
    metrics = {figure["metric"] for row in rows for figure in row["figures"] if figure["metric"]}
    return {
        "quarter": quarter,
        "provider": provider,
        "security": security,
        "benchmark": chosen,
        "benchmarks": _switch(kept),
        "is_chosen": benchmark in (CHOSEN, last["against"]),
        "rows": rows,
        "securities": [_glance(item) for item in last["securities"]],
        "definitions": [row for row in described() if row["name"] in metrics],
        "meta": last["meta"],
        "digest": last["digest"],
        "dated_on": last["dated_on"],
    }


def kept_cards(context: Context, quarter: str, provider: str) -> list[dict[str, Any]]:
    """What was kept of each pack that was built, oldest first; what is not held any more is left out."""
    pinned = {
        review.pack_digest: review.pack["pack.json"]
        for review in objects_of(context.records, REVIEW)
        if (review.quarter, review.provider) == (quarter, provider) and "pack.json" in review.pack
    }
    found: dict[str, dict[str, Any]] = {}
    for payload in builds(context.records, f"review/{quarter}/{provider}"):
        sha256 = payload.get("scorecard") or pinned.get(payload["digest"])
        document = _document(context, sha256) if sha256 else None
        if document is not None:
            found.pop(payload["digest"], None)
            whole = {"others": {}, "weeks": {}, "securities": [], **document}
            found[payload["digest"]] = {**whole, "against": payload["options"].get("against") or CHOSEN}
    return list(found.values())


def _document(context: Context, sha256: str) -> dict[str, Any] | None:
    try:
        held: dict[str, Any] = json.loads(context.evidence.get(sha256).content)
    except ExpiredError:
        return None
    return held


def _name(pack: Plain) -> str:
    """What a pack was compared with, in words."""
    rows: Sequence[Plain] = pack["scorecard"]["rows"]
    return str(rows[0]["cells"]["benchmark"].get("name") or "no benchmark") if rows else "no benchmark"


def _switch(kept: Sequence[Plain]) -> list[dict[str, str]]:
    """Benchmarks that are on record: `against` (as in an address) and its `name`, the last pack's first."""
    last = kept[-1]
    found = {_name(last): last["against"]}
    for against, other in last["others"].items():
        found.setdefault(other["name"], against)
    for pack in reversed(kept[:-1]):
        found.setdefault(_name(pack), pack["against"])
    return [{"name": name, "against": against} for name, against in found.items()]


def _against(kept: Sequence[Plain], benchmark: str) -> tuple[str, Plain]:
    last = kept[-1]
    if benchmark in (CHOSEN, last["against"]):
        return _name(last), last["scorecard"]
    if benchmark in last["others"]:
        other = last["others"][benchmark]
        return other["name"], other["scorecard"]
    for pack in reversed(kept):
        if pack["against"] == benchmark:
            return _name(pack), pack["scorecard"]
    there = ", ".join(item["against"] or "the one chosen by itself" for item in _switch(kept))
    message = (
        f"expected a benchmark on record ({there}), found {benchmark!r}: `routeproof review build --against` makes one"
    )
    raise UsageError(message, where="benchmark")


def _security(pack: Plain, security: str) -> Plain:
    for item in pack["securities"]:
        if item["security"] == security:
            found: Plain = item
            return found
    message = f"expected a security of the pack, found none named {security!r}"
    raise UsageError(message, where="security")


def _adopted(adoption: Adoption | None, row: Plain) -> dict[str, str] | None:
    """`text, by, at` of an adoption that the pack does not print yet; null without one, or if its draft was another.

    So it is if the verdicts were others.
    """
    if adoption is None or not adoption.is_for(row.get("analysis_draft", row["analysis"]), verdicts_in(row)):
        return None
    return {"text": adoption.text, "by": adoption.by, "at": adoption.at}


def _row(row: Plain, weeks: Plain) -> dict[str, Any]:
    kind = kind_of(row["id"])
    names = [*COLUMNS, "benchmark"]
    cells: Plain = row["cells"]
    return {
        "id": row["id"],
        "title": kind.title,
        "gloss": kind.gloss,
        "better": kind.better,
        "margin": _margin(cells, kind.kind),
        "figures": [
            {**_figure(cells[name], kind.kind), "column": name, "weeks": _scaled(weeks.get(name, []))} for name in names
        ],
        "limit_benchmark": _other_benchmark(cells, kind.kind),
        "beside": [
            {"label": item["label"], **{name: _short(item[name]) for name in names}} for item in row.get("beside", [])
        ],
        "analysis": row["analysis"],
        "analysis_status": row["analysis_status"],
        "analysis_draft": row.get("analysis_draft", row["analysis"]),
        "analysis_by": row.get("analysis_by"),
        "analysis_at": row.get("analysis_at"),
    }


def _figure(cell: Plain, kind: Kind) -> dict[str, Any]:
    """A number with all that stands behind it, printed as the pack prints it."""
    value, compared = cell.get("value"), cell.get("comparison") or {}
    verdict = cell.get("verdict") or ""
    difference = compared.get("difference")
    return {
        "value": value,
        "text": "—" if value is None else with_unit(value, kind),
        "interval": interval(cell.get("lower"), cell.get("upper"), kind),
        "count": counted(cell.get("n")),
        "coverage": cell.get("coverage"),
        "population": cell.get("population") or "",
        "reason": cell.get("reason") or compared.get("reason"),
        "verdict": verdict,
        "mark": MARKS.get(verdict, ""),
        "verdict_words": VERDICT_WORDS.get(verdict, ""),
        "difference": "" if difference is None else f"{'+' if difference > 0 else ''}{printed(difference, kind)}",
        "difference_interval": interval(compared.get("lower"), compared.get("upper"), kind),
        "metric": cell.get("metric") or "",
        "rows": rows_of(cell.get("rows") or ""),
    }


def _margin(cells: Plain, kind: Kind) -> str:
    compared = [cells[name].get("comparison") or {} for name in COLUMNS]
    margins = {float(one["margin"]) for one in compared if one.get("margin") is not None}
    return " or ".join(with_unit(margin, kind) for margin in sorted(margins))


def _other_benchmark(cells: Plain, kind: Kind) -> str:
    """What limit orders are held against where it is another number than that of market orders."""
    other, one = cells.get("benchmark_limit") or {}, cells["benchmark"]
    if other.get("value") is None or other.get("value") == one.get("value"):
        return ""
    return with_unit(other["value"], kind)


def _short(cell: Plain) -> str:
    value = cell.get("value")
    kinds: dict[str, Kind] = {"USD per share": "usd_per_share", "share of 1": "share", "ms": "ms"}
    return "—" if value is None else with_unit(value, kinds.get(cell.get("unit", ""), "ratio"))


def _scaled(weeks: Sequence[Sequence[Any]]) -> dict[str, Any] | None:
    """Points of a small line, each way from 0 to 1, and what it goes between; null with fewer than two weeks."""
    known = [(day, value) for day, value in weeks if value is not None]
    if len(known) < 2:  # noqa: PLR2004  # a line has two ends
        return None
    values = [value for _, value in known]
    low, high = min(values), max(values)
    room = (high - low) or 1.0
    last = len(known) - 1
    points = [(place / last, (value - low) / room) for place, value in enumerate(values)]
    return {"points": points, "first": known[0], "last": known[-1], "low": low, "high": high}


def rows_of(text: str) -> dict[str, Any] | None:
    """Options of `routeproof measure` as members of an address: `where`, `benchmark`, and the days of the quarter."""
    if not text:
        return None
    words = shlex.split(text)
    found: dict[str, Any] = {"where": list(_options(words, "--where"))}
    for moment in _options(words, "--benchmark"):
        found["benchmark"] = moment
    for name in ("from", "to"):
        for word in words:
            if word.startswith(f"--{name}="):
                found[name] = word.partition("=")[2]
    for item in found["where"]:
        if item.startswith("quarter="):  # as packs said it once
            first, last = quarter_days(item.removeprefix("quarter="))
            found |= {"from": first.isoformat(), "to": last.isoformat()}
    found["where"] = [item for item in found["where"] if not item.startswith("quarter=")]
    return found


def _options(words: Sequence[str], name: str) -> Iterator[str]:
    for place, word in enumerate(words[:-1]):
        if word == name:
            yield words[place + 1]


def _glance(item: Plain) -> dict[str, Any]:
    """One security's verdicts: row and column to mark and printed value."""
    return {
        "security": item["security"],
        "cells": [
            {"row": row["id"], "column": name, **_figure(row["cells"][name], kind_of(row["id"]).kind)}
            for row in item["rows"]
            for name in COLUMNS
        ],
    }
