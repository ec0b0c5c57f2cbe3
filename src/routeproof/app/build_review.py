"""Build the quarterly review pack: measure the quarter, judge it, write it, record it."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from routeproof import __version__
from routeproof.app.lake_source import LakeSource
from routeproof.app.review.assemble import Review, pack_inputs
from routeproof.app.review.benchmark import choose_benchmark
from routeproof.app.review.clock import shifted_cells
from routeproof.app.review.deliveries import deliveries
from routeproof.app.review.earlier_builds import EVENT, earlier_builds
from routeproof.app.review.judge import Judge
from routeproof.app.review.quarter import measure_quarter
from routeproof.app.shipped_rules import rules_of
from routeproof.ledger.canonical import canonical_bytes
from routeproof.ledger.entry import Fact
from routeproof.metrics.registry import ALL
from routeproof.renderers.html import render_html
from routeproof.renderers.json import render_json
from routeproof.renderers.pdf import render_pdf
from routeproof.renderers.xlsx import render_xlsx
from routeproof.reports.catalog.quarterly_pack import quarterly_pack
from routeproof.stores.files import write_whole
from routeproof.stores.shipped_policy import load_shipped_policy, shipped_policy_id
from routeproof.tables.switches import Switches
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import previous_quarter, quarter_days

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.review.benchmark import Declared
    from routeproof.reports.document import Document

RENDERERS: dict[str, Callable[[Document], bytes]] = {
    "pack.json": render_json,
    "pack.html": render_html,
    "pack.xlsx": render_xlsx,
    "pack.pdf": render_pdf,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to build.

    Attributes:
        quarter: `2026Q3`.
        provider: under review.
        against: another provider's id or `prior`; else chosen, see `choose_benchmark`.
        control: provider id of a declared direct (control) flow, for the latency threshold.
        declared: declared benchmark figures by scorecard row.
        switches: how the market is looked up.
        manifest: as known at this commit; the newest if omitted.
    """

    quarter: str
    provider: str
    against: str | None = None
    control: str | None = None
    declared: Mapping[str, Declared] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)
    manifest: str | None = None

    def command(self, manifest: str) -> str:
        """The command that builds the same pack again; declared figures stand in the provenance, not in a path."""
        words = ["routeproof", "review", "build", self.quarter, "--provider", self.provider]
        declared = "declared.toml" if self.declared else None
        for option, value in (
            ("--against", self.against),
            ("--control", self.control),
            ("--declared", declared),
            ("--manifest", manifest),
            ("--out", "pack"),
        ):
            if value is not None:
                words += [option, value]
        return shlex.join(words)


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
        UsageError: no measured executions of the provider in the quarter.
    """
    review = review_of(context, order, on_step)
    digest = _digest(review, order)
    stream = f"review/{order.quarter}/{order.provider}"
    inputs = pack_inputs(review, digest, order.command(review.manifest))
    earlier = earlier_builds(context.records, stream, digest, review.figures())
    document = quarterly_pack(replace(inputs, earlier=earlier))
    on_step("writing the pack")
    folder.mkdir(parents=True, exist_ok=True)
    hashes = {}
    for name, render in RENDERERS.items():
        content = render(document)
        write_whole(folder / name, content)
        hashes[name] = hashlib.sha256(content).hexdigest()
    _record(context, review, stream, digest, hashes)
    return Built(folder, digest, hashes, document)


def review_of(context: Context, order: Order, on_step: Callable[[str], None]) -> Review:
    """Everything measured and judged, before it becomes a document."""
    manifest = context.lake.manifest(order.manifest).id
    source = LakeSource(context.lake, manifest)
    rules = rules_of(context.lake, manifest)
    first, last = quarter_days(order.quarter)
    days = _between(source.days(), first, last)
    on_step(f"measuring {len(days)} days of {order.quarter}")
    quarter = measure_quarter(source, days, rules, order.switches)
    if order.provider not in quarter.cells.providers():
        known = ", ".join(quarter.cells.providers()) or "none"
        message = (
            f"expected measured orders of provider {order.provider!r} in {order.quarter}; providers there: {known}"
        )
        raise UsageError(message, where="--provider")
    before = _between(source.days(), *quarter_days(previous_quarter(order.quarter)))
    on_step(f"measuring {len(before)} days of the quarter before")
    prior = measure_quarter(source, before, rules, order.switches, only_cells=True).cells if before else None
    on_step("moving the firm's clock")
    shifted = shifted_cells(source, days, rules, order.switches)
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
        shifted=shifted,
        judge=Judge(book=load_shipped_policy(), period_start=first),
        benchmark=choose_benchmark(quarter.cells, prior, order.provider, order.declared, order.against),
        control=order.control,
        switches=order.switches,
        policy_id=shipped_policy_id(),
        version=__version__,
        deliveries=deliveries(context.records, context.workspace.lake_folder, manifest, days),
    )


def _between(days: tuple[date, ...], first: date, last: date) -> tuple[date, ...]:
    return tuple(day for day in days if first <= day <= last)


def _digest(review: Review, order: Order) -> str:
    """Names all inputs together: the same digest means the same pack, byte for byte."""
    inputs = {
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
        "version": review.version,
    }
    return hashlib.sha256(canonical_bytes(inputs)).hexdigest()


def _record(context: Context, review: Review, stream: str, digest: str, hashes: Mapping[str, str]) -> None:
    actor = context.actor
    fact = Fact(
        stream=stream,
        type=EVENT,
        payload={
            "digest": digest,
            "manifest": review.manifest,
            "policy": review.policy_id,
            "dated_on": review.dated_on().isoformat(),
            "files": dict(hashes),
            "figures": review.figures(),
        },
        business_on=actor.business_on,
        actor=actor.name,
        role=actor.role,
        session=actor.session,
        evidence=tuple(sorted(hashes.values())),
    )
    context.records.append([fact])
