"""Build the quarterly review pack: measure the quarter, judge it, write it, record it."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from routeproof import __version__
from routeproof.app.analysis.in_pack import analyses_shown
from routeproof.app.ledger.checkpoints import checkpoint_at
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.peers.industry import industry_of
from routeproof.app.policy_in_force import names_people, policy_as_recorded
from routeproof.app.reconcile.reconcile import compared_with
from routeproof.app.reconcile.shown import has_report, reported_parts
from routeproof.app.review.adoptions import EVENT as ADOPTED
from routeproof.app.review.adoptions import adoptions_of, drafts_of, named_by
from routeproof.app.review.assemble import Review, pack_inputs
from routeproof.app.review.benchmark import INDUSTRY, TAPE, Benchmark, choose_benchmark
from routeproof.app.review.card.kept import KEPT_SCORECARD, kept_scorecard
from routeproof.app.review.clock import SHIFTS_NS
from routeproof.app.review.deliveries import deliveries
from routeproof.app.review.earlier_builds import EVENT, before_build, earlier_builds
from routeproof.app.review.judge import Judge
from routeproof.app.review.quarter import measure_quarter
from routeproof.app.review.tape_benchmark import Reviewed, tape_benchmark
from routeproof.app.shipped_rules import rules_of
from routeproof.ledger.canonical import canonical_bytes
from routeproof.ledger.entry import Fact, read_entry
from routeproof.metrics.registry import ALL
from routeproof.renderers.html import render_html
from routeproof.renderers.json import render_json
from routeproof.renderers.pdf import render_pdf
from routeproof.renderers.plain import plain_document
from routeproof.renderers.xlsx import render_xlsx
from routeproof.reports.catalog.quarterly_pack import quarterly_pack
from routeproof.stores.files import write_whole
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import previous_quarter, quarter_days

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.policy_in_force import PolicyInForce
    from routeproof.app.reconcile.reconcile import Comparison
    from routeproof.app.review.evidence_cells import CellTable
    from routeproof.app.review.order import Order
    from routeproof.app.review.quarter import Quarter
    from routeproof.reports.document import Document
    from routeproof.reports.pack.inputs import PackInputs
    from routeproof.reports.score import Score
    from routeproof.tables.measured.day import DayRules

RENDERERS: dict[str, Callable[[Document], bytes]] = {
    "pack.json": render_json,
    "pack.html": render_html,
    "pack.xlsx": render_xlsx,
    "pack.pdf": render_pdf,
}

DRAFTS = "drafts.json"
"""Name of the evidence that holds a pack's draft analyses, for whoever adopts one."""
RESTS_ON = frozenset({"lake.committed", "policy.adopted", "policy.approved"})
"""What every pack of a workspace rests on; adopted analyses belong to one review."""


@dataclass(frozen=True, slots=True)
class Built:
    """A written pack: its folder, digest, hashes by file name, and the document itself."""

    folder: Path
    digest: str
    hashes: dict[str, str]
    document: Document


def build_review(
    context: Context, order: Order, folder: Path, *, on_step: Callable[[str], None] = lambda _: None
) -> Built:
    """Measure, judge, render and record one provider's quarter.

    Args:
        context: the workspace.
        order: what to build.
        folder: where `pack.html`, `pack.pdf`, `pack.xlsx` and `pack.json` go.
        on_step: told what is being done, for people who wait.

    Raises:
        UsageError: no measured executions of the provider in the quarter, a folder that cannot be written, or an
            earlier pack that these options do not build again.
    """
    _make_folder(folder)
    pack = measure_pack(context, order, on_step)
    review, digest, inputs = pack.review, pack.digest, pack.inputs
    facts = review.facts() | {"options": order.options(), "verdicts": _verdicts(inputs.overall)}
    earlier = earlier_builds(context.records, order.stream, digest, facts)
    document = quarterly_pack(replace(inputs, earlier=earlier))
    on_step("writing the pack")
    hashes = {}
    with ThreadPoolExecutor(len(RENDERERS)) as pool:
        for name, content in zip(RENDERERS, pool.map(lambda render: render(document), RENDERERS.values()), strict=True):
            write_whole(folder / name, content)
            hashes[name] = hashlib.sha256(content).hexdigest()
    drafts = canonical_bytes(drafts_of((inputs.overall, *inputs.securities)))
    _record(context, order, {"digest": digest, "files": hashes, **facts}, drafts, kept_scorecard(review, document))
    return Built(folder, digest, hashes, document)


@dataclass(frozen=True, slots=True)
class MeasuredPack:
    """Everything that a pack prints, before it is printed."""

    review: Review
    digest: str
    inputs: PackInputs

    def plain(self) -> dict[str, object]:
        """What its `pack.json` would say, earlier builds left out."""
        return plain_document(quarterly_pack(self.inputs))


def measure_pack(context: Context, order: Order, on_step: Callable[[str], None] = lambda _: None) -> MeasuredPack:
    """Measure and judge a provider's quarter; nothing is written or recorded.

    Raises:
        UsageError: as `build_review`.
    """
    review = review_of(context, order, on_step)
    digest = _digest(review, order)
    if not digest.startswith(order.as_built or ""):
        message = (
            f"expected to build {order.as_built} again, found {digest}: use the options that its provenance names, and "
            "the same version of the program"
        )
        raise UsageError(message, where="--as-built")
    return MeasuredPack(review, digest, pack_inputs(review, digest, order.command(review.manifest)))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        message = f"expected a folder that can be written, found: {error.strerror or error}"
        raise UsageError(message, where=str(folder)) from error


def review_of(context: Context, order: Order, on_step: Callable[[str], None]) -> Review:
    """Everything measured and judged, before it becomes a document."""
    first, last = quarter_days(order.quarter)
    recorded: Sequence[bytes] = context.records.entries()
    wanted = order.manifest
    if order.as_built is not None:
        recorded, wanted = before_build(recorded, order.stream, order.as_built)
        context = context.with_lake_as_of(len(recorded))  # what others published and claimed by then
    held = context.lake.manifest(wanted)
    if not held.partitions:
        message = "expected orders, executions and quotes, found an empty workspace: ingest orders and executions first"
        raise UsageError(message, where=str(context.workspace.root))
    manifest = held.id
    source = LakeSource(context.lake, manifest)
    policy = policy_as_recorded(recorded)
    rules = rules_of(context.lake, manifest, policy.whole)
    days = _between(source.days(), first, last)
    on_step(f"measuring {len(days)} days of {order.quarter}")
    comparing = _comparison(context, order, policy, manifest)
    quarter = measure_quarter(source, days, rules, order.switches, shifts_ns=SHIFTS_NS, beside=comparing)
    _require_providers(order, quarter.cells.providers(), source.days())
    before = _between(source.days(), *quarter_days(previous_quarter(order.quarter)))
    with ThreadPoolExecutor(1) as pool:  # the report is compared while the earlier quarter is measured
        if comparing is not None:
            on_step(f"reconciling the report of {order.provider}")
        comparison = None if comparing is None else pool.submit(comparing.finished)
        on_step(f"measuring {len(before)} days of the quarter before")
        prior = measure_quarter(source, before, rules, order.switches, only_cells=True).cells if before else None
    compared = None if comparison is None else comparison.result().plain
    benchmark = _benchmark(context, order, quarter, prior, (rules, policy), manifest)
    other = benchmark.provider if benchmark.provider in quarter.cells.providers() else None
    analyses = (
        analyses_shown(context, order.provider, (first, last), other, manifest, on_step) if order.analyses else ()
    )
    on_step("judging")
    return Review(
        lake=context.lake,
        manifest=manifest,
        firm=context.workspace.firm_id,
        provider=order.provider,
        period=order.quarter,
        first=first,
        last=last,
        quarter=quarter,
        prior=prior,
        judge=Judge(book=policy.whole.book, period_start=first, point=order.switches.benchmark),
        benchmark=benchmark,
        control=order.control,
        switches=order.switches,
        policy_id=policy.id,
        policy_notes=policy.notes(first) if names_people(recorded) else (),
        checkpoint=_checkpoint(context, recorded, order.stream) if names_people(recorded) else "",
        version=__version__,
        sessions=_sessions(policy, first, last),
        adoptions=adoptions_of(recorded, order.stream),
        reported={} if compared is None else reported_parts(context.lake, first, last),
        compared=compared,
        analyses=analyses,
        deliveries=deliveries(context.records, context.workspace.lake_folder, manifest, days, len(recorded)),
    )


def _comparison(context: Context, order: Order, policy: PolicyInForce, manifest: str) -> Comparison | None:
    """The provider's own report beside the record, to be shown the measured days; `None` where there is no report."""
    if not has_report(context.lake, order.provider, *quarter_days(order.quarter)):
        return None
    return compared_with(context.lake, context.records, order.provider, order.quarter, policy, manifest)


def _require_providers(order: Order, known: Sequence[str], days: Sequence[date]) -> None:
    there = ", ".join(name or "(unnamed)" for name in known) or "none"
    for name, option in ((order.provider, "--provider"), (order.control, "--control")):
        if name is not None and name not in known:
            message = f"expected measured orders of provider {name!r} in {order.quarter}; providers there: {there}"
            if not known:
                span = f"from {days[0]} to {days[-1]}" if days else "none at all: ingest orders and executions first"
                message += f"; days with orders in the workspace: {span}"
            raise UsageError(message, where=option)


def _benchmark(
    context: Context,
    order: Order,
    quarter: Quarter,
    prior: CellTable | None,
    judged_by: tuple[DayRules, PolicyInForce],
    manifest: str,
) -> Benchmark:
    rules, policy = judged_by
    if order.against == INDUSTRY:
        span = quarter_days(order.quarter)
        industry = industry_of(context, order.provider, span, manifest, policy)
        return Benchmark(name=industry.name, provider=INDUSTRY, industry=industry, declared=order.declared)
    if order.against != TAPE:
        return choose_benchmark(quarter.cells, prior, order.provider, order.declared, order.against, order.control)
    tape = LakeSource(context.lake, manifest, "tape")
    reviewed = Reviewed(quarter.cells, order.provider)
    return tape_benchmark(tape, quarter.days, rules, order.switches, reviewed, order.declared)


def _between(days: tuple[date, ...], first: date, last: date) -> tuple[date, ...]:
    return tuple(day for day in days if first <= day <= last)


def _sessions(policy: PolicyInForce, first: date, last: date) -> tuple[date, ...]:
    every = (first + timedelta(days=step) for step in range((last - first).days + 1))
    return tuple(day for day in every if policy.whole.calendar.hours_or_usual(day) is not None)


def _checkpoint(context: Context, recorded: Sequence[bytes], stream: str) -> str:
    """The ledger's state when the last thing that the pack rests on was recorded: building it again prints the same."""
    entries = [read_entry(entry) for entry in recorded]
    sizes = [
        entry.index + 1
        for entry in entries
        if entry.fact.type in RESTS_ON or (entry.fact.type == ADOPTED and entry.fact.stream == stream)
    ]
    return checkpoint_at(context, max(sizes)).decode() if sizes else ""


def _digest(review: Review, order: Order) -> str:
    """Names all inputs together: the same digest means the same pack, byte for byte."""
    inputs: dict[str, object] = {
        "manifest": review.manifest,
        "policy": review.policy_id,
        "switches": {name: str(value) for name, value in order.switches.stamped().items()},
        "metrics": {metric.name: metric.version for metric in ALL},
        "period": order.quarter,
        "provider": order.provider,
        "against": order.against or "",
        "declared": {row: [str(item.value), item.source] for row, item in order.declared.items()},
        "control": order.control or "",
        "deliveries": [dict(row) for row in review.deliveries],
        "adoptions": [[*place, *named_by(item)] for place, item in sorted(review.adoptions.items())],
        "version": review.version,
    }
    if review.reported:
        inputs["reported"] = dict(review.reported)
    if review.benchmark.industry is not None:
        inputs["industry"] = review.benchmark.industry.digest
    if review.analyses:
        inputs["analyses"] = [item.name for item in review.analyses]
        inputs["answers"] = hashlib.sha256(_plain_answers(review)).hexdigest()
    if review.checkpoint:
        inputs["checkpoint"] = review.checkpoint
    if review.policy_notes:
        inputs["policy_notes"] = list(review.policy_notes)
    return hashlib.sha256(canonical_bytes(inputs)).hexdigest()


def _plain_answers(review: Review) -> bytes:
    """What the analyses answered, so that a pack whose answers differ has another name."""
    return json.dumps([item.found for item in review.analyses], sort_keys=True, ensure_ascii=False).encode()


def _verdicts(score: Score) -> dict[str, str]:
    """Row and column of the scorecard to the verdict's word."""
    return {
        f"{row.id}, {column}": comparison.verdict
        for row in score.rows
        for column, comparison in (("market", row.market_comparison), ("limit", row.limit_comparison))
        if comparison is not None
    }


def _record(context: Context, order: Order, facts: Mapping[str, object], drafts: bytes, scorecard: bytes) -> None:
    actor = context.actor
    drafts_sha256 = context.evidence.put(drafts, media_type="application/json", name=DRAFTS)
    scorecard_sha256 = context.evidence.put(scorecard, media_type="application/json", name=KEPT_SCORECARD)
    fact = Fact(
        stream=order.stream,
        type=EVENT,
        payload={**facts, "drafts": drafts_sha256, "scorecard": scorecard_sha256},
        business_on=actor.business_on,
        actor=actor.name,
        role=actor.role,
        session=actor.session,
        # The pack itself is not held here: its hashes stand in the payload.
        evidence=(drafts_sha256, scorecard_sha256),
    )
    context.records.append([fact])
