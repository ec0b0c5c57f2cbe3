"""A whole grid of comparisons: each cell like with like, its verdict controlled within its family and down a tree."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from routeproof.app.analysis.comparison.margins import Margin, margin_of
from routeproof.app.analysis.comparison.sides import pair_of, within
from routeproof.app.analysis.comparison.sums import Wanted, flow_of, metric_of, sums_of
from routeproof.app.analysis.ground import Span, ground_of, plain
from routeproof.app.measuring.row_filter import RowFilter, parse_filters
from routeproof.evidence.adjust.side_by_side import Judged, exact
from routeproof.evidence.multiple import benjamini_yekutieli
from routeproof.evidence.quantiles import settle
from routeproof.evidence.shrink import shrink
from routeproof.evidence.tree import hierarchical
from routeproof.evidence.verdict import AMONG_MANY, Word, word_of
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from routeproof.app.context import Context
    from routeproof.evidence.tree import Node
    from routeproof.policy.analysis.compare import ComparePolicy
    from routeproof.policy.thresholds import EvidenceStandards

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What is asked.

    Attributes:
        metric: a mean or ratio of sums.
        by: dimensions, outermost first.
        subject: one side of every cell; without sides each level of the last dimension is held against the others.
        against: the other side.
        where: filters.
        span: days.
    """

    metric: str
    by: tuple[str, ...]
    subject: str | None = None
    against: str | None = None
    where: tuple[str, ...] = ()
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class _Leaf:
    path: Path
    judged: Judged

    @property
    def p_value(self) -> float:
        """Of a cell that has an interval."""
        return 1.0 if self.judged.interval is None else self.judged.interval.p_value


def compare_grid(context: Context, asked: Grid) -> dict[str, Any]:
    """Every cell of the grid as JSON values, its families, its tree, and a ranking that judges nothing.

    Raises:
        UsageError: no dimension, one side without the other, a metric that is no mean.
    """
    metric = metric_of(asked.metric)
    sides = _sides(asked)
    ground = within(ground_of(context, asked.span), sides or ())
    policy = ground.policy.whole.compare.on(ground.days[0]).value
    seed = policy.seed if asked.span.seed is None else asked.span.seed
    standards = replace(ground.policy.whole.book.evidence.on(ground.days[0]).value, bootstrap_seed=seed)
    filters = parse_filters(asked.where)
    if asked.span.provider is not None:
        filters = (*filters, RowFilter("provider", "=", (asked.span.provider,)))
    sums, notes = sums_of(ground, Wanted(metric=metric, sides=sides, where=filters, by=asked.by), policy)
    leaves = list(_leaves(sums, asked.by, standards, policy, metric.unit, alone=sides is None))
    margin = margin_of(ground, metric)
    stands, families = _families(leaves, asked.by, policy.families, standards.false_discovery_rate)
    nodes = _tree(leaves, standards.false_discovery_rate)
    told = {node.path: node for node in nodes}
    ranks = _ranks(leaves, higher=metric.better != "lower")
    cells = [
        _cell(leaf, asked.by, margin, stands=stands.get(leaf.path), node=told.get(leaf.path))
        | ranks.get(leaf.path, {"shrunk": None, "rank": None})
        for leaf in leaves
    ]
    tested = sum(family["tested"] for family in families)
    stood = sum(family["discovered"] for family in families)
    return {
        **ground.stamp(seed),
        **_headline(cells, tested),
        "metric": metric.name,
        "unit": metric.unit,
        "by": list(asked.by),
        "subject": asked.subject,
        "against": asked.against or "rest",
        "where": list(asked.where),
        "margin": margin.value,
        "rate": standards.false_discovery_rate,
        "cells": cells,
        "families": families,
        "tree": [_node(node) for node in nodes],
        "tested": tested,
        "discovered": stood,
        "expected_false": settle(standards.false_discovery_rate * stood),
        "expected_false_unadjusted": settle((1.0 - standards.confidence) * tested),
        "notes": notes,
        "figures": {"cells": _figure(cells, asked.by, metric.unit)},
    }


def _sides(asked: Grid) -> Any:  # noqa: ANN401  # a pair of sides or none
    if not asked.by:
        message = "expected at least one dimension, such as --by order_class,venue"
        raise UsageError(message, where="--by")
    if (asked.subject is None) != (asked.against is None):
        message = "expected both --subject and --against, or neither"
        raise UsageError(message, where="--subject, --against")
    if asked.subject is None or asked.against is None:
        return None
    return pair_of(asked.subject, asked.against)


def _leaves(
    sums: pl.DataFrame,
    by: Sequence[str],
    standards: EvidenceStandards,
    policy: ComparePolicy,
    unit: str,
    *,
    alone: bool,
) -> Iterator[_Leaf]:
    """One comparison per combination of levels that the subject has; `alone`: against its siblings."""
    columns = [f"by_{name}" for name in by]
    if not sums.height:
        return
    flow = flow_of(sums)
    codes = {name: sums[name].to_numpy().astype(str) for name in columns}
    own = sums.filter("subject").select(columns).unique().sort(columns)
    for path in own.iter_rows():
        inside = np.logical_and.reduce([codes[name] == level for name, level in zip(columns, path, strict=True)])
        if alone:
            above = np.logical_and.reduce(
                [codes[name] == level for name, level in zip(columns[:-1], path[:-1], strict=True)],
                initial=True,
            )
            flows = flow.split(inside, np.broadcast_to(above, inside.shape) & ~inside)
        else:
            flows = flow.split(inside & flow.subject, inside & ~flow.subject)
        yield _Leaf(tuple(path), exact(flows, standards, policy.least_cell_days, policy.greatest_propensity, unit))


def _families(
    leaves: Sequence[_Leaf], by: Sequence[str], declared: Sequence[str], rate: float
) -> tuple[dict[Path, bool], list[dict[str, Any]]]:
    """Which cells stand within their family, and the families: cells that agree in the dimensions that policy names."""
    places = [place for place, name in enumerate(by) if name in declared]
    members: dict[Path, list[_Leaf]] = {}
    for leaf in leaves:
        if leaf.judged.interval is not None:
            members.setdefault(tuple(leaf.path[place] for place in places), []).append(leaf)
    stands: dict[Path, bool] = {}
    families = []
    for key, inside in members.items():
        name = ", ".join(f"{by[place]} {level}" for place, level in zip(places, key, strict=True)) or "the whole grid"
        family = benjamini_yekutieli(name, [leaf.p_value for leaf in inside], rate)
        stands |= {leaf.path: bool(stand) for leaf, stand in zip(inside, family.discovered, strict=True)}
        families.append(
            {
                "name": name,
                "tested": len(inside),
                "discovered": int(family.discovered.sum()),
                "rate": rate,
                "expected_false": settle(family.expected_false),
                "expected_false_unadjusted": settle(family.expected_false_unadjusted),
            }
        )
    return stands, families


def _tree(leaves: Sequence[_Leaf], rate: float) -> tuple[Node, ...]:
    tested = [leaf for leaf in leaves if leaf.judged.interval is not None]
    return hierarchical([leaf.path for leaf in tested], [leaf.p_value for leaf in tested], rate)


def _ranks(leaves: Sequence[_Leaf], *, higher: bool) -> dict[Path, dict[str, Any]]:
    """Empirical-Bayes values and their rank, best for the customer first: where to look, never a verdict."""
    known = [(leaf, leaf.judged.found, leaf.judged.interval) for leaf in leaves]
    usable = [(leaf, found.estimate, drawn.standard_error) for leaf, found, drawn in known if found and drawn]
    if not usable:
        return {}
    values = shrink([one[1] for one in usable], [one[2] for one in usable]).values
    order = sorted(
        range(len(usable)), key=lambda place: (-values[place] if higher else values[place], usable[place][0].path)
    )
    rank = {place: number for number, place in enumerate(order, start=1)}
    return {usable[place][0].path: {"shrunk": settle(float(values[place])), "rank": rank[place]} for place in rank}


def _cell(leaf: _Leaf, by: Sequence[str], margin: Margin, *, stands: bool | None, node: Node | None) -> dict[str, Any]:
    judged = leaf.judged
    word, why = _word(judged, margin)
    if word in {"better", "worse"} and not stands:
        word, why = "cannot_tell", AMONG_MANY
    return {
        **dict(zip(by, leaf.path, strict=True)),
        **plain(judged.answer),
        "overlap": None if judged.found is None else settle(judged.found.overlap),
        "p_value": None if judged.interval is None else judged.interval.p_value,
        "verdict": word,
        "verdict_reason": why,
        "in_family": stands,
        "in_tree": None if node is None else node.discovered,
    }


def _word(judged: Judged, margin: Margin) -> tuple[Word, str]:
    if judged.interval is None or judged.found is None:
        return "cannot_tell", judged.answer.reason or ""
    if margin.value is None or margin.better is None:
        return "cannot_tell", margin.reason
    ends = judged.interval.lower, judged.interval.upper
    return word_of(judged.found.estimate, ends, margin.value, margin.better)


def _node(node: Node) -> dict[str, Any]:
    return {"path": list(node.path), "p_value": node.p_value, "level": node.level, "discovered": node.discovered}


def _headline(cells: Sequence[dict[str, Any]], tested: int) -> dict[str, Any]:
    """A grid has no one number, each cell has its own; what can be told as a whole is how many were judged."""
    refused = not tested
    return {
        "estimate": None,
        "lower": None,
        "upper": None,
        "n": sum(cell["n"] for cell in cells),
        "refused": refused,
        "reason": "no cell has an interval" if refused else None,
        "assumptions": cells[0]["assumptions"] if cells else [],
    }


def _figure(cells: Sequence[dict[str, Any]], by: Sequence[str], unit: str) -> dict[str, Any]:
    """Every cell that could be judged with its interval; filled where its verdict stands."""
    values = [
        {
            "cell": " / ".join(str(cell[name]) for name in by),
            **{name: cell[name] for name in ("estimate", "lower", "upper", "verdict")},
        }
        for cell in cells
        if cell["estimate"] is not None
    ]
    x = {"type": "quantitative", "title": f"subject minus benchmark, {unit.replace('_', ' ')}"}
    return {
        "width": "container",
        "height": {"step": 14},
        "data": {"values": values},
        "encoding": {"y": {"field": "cell", "type": "nominal", "title": None}},
        "layer": [
            {"mark": "rule", "encoding": {"x": {"field": "lower", **x}, "x2": {"field": "upper"}}},
            {
                "mark": {"type": "point", "filled": True},
                "encoding": {
                    "x": {"field": "estimate", **x},
                    "shape": {"field": "verdict", "type": "nominal", "title": None},
                },
            },
        ],
    }
