"""Last quarter's predictions, scored from this quarter's pack and the data that it was built from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from routeproof.app.desk.counterfactual_look import bounds_now
from routeproof.app.desk.pinned_pack import options_of
from routeproof.app.objects.fold import object_of
from routeproof.app.review.order import switches_against
from routeproof.governance.review.bounds import Bounds
from routeproof.governance.review.noun import REVIEW
from routeproof.governance.review.predictions import Measured, score_predictions
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import previous_quarter, quarter_days

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.app.desk.pinned_pack import Pack
    from routeproof.governance.review.bodies import Estimate
    from routeproof.governance.review.state import Prediction, Review
    from routeproof.stores.records import Records

CELLS: tuple[Literal["market"], Literal["limit"]] = ("market", "limit")


@dataclass(slots=True)
class QuarterFigures:
    """This quarter's figures by the names that predictions use: a metric, a scorecard row, or `row/market|limit`."""

    context: Context
    pack: Pack
    quarter: str
    provider: str
    _found: dict[str, Measured] = field(default_factory=dict)
    _bounds: dict[str, Bounds] = field(default_factory=dict)

    def __call__(self, name: str) -> Measured:
        """The figure; measured once, then remembered."""
        if name not in self._found:
            self._found[name] = self._figure(name)
        return self._found[name]

    def known(self, name: str) -> Measured:
        """The figure as remembered; nothing is measured under the write lock."""
        return self._found.get(name, Measured(value=None, better="none", reason="recorded while the review was opened"))

    def bounds(self, estimate: Estimate) -> Bounds:
        """This quarter's bounds of the cell that a counterfactual option spoke of; remembered likewise."""
        key = repr(sorted(estimate.where.items()))
        if key not in self._bounds:
            where = {str(name): value for name, value in estimate.where.items()}
            manifest = self.pack.meta.get("manifest")
            self._bounds[key] = bounds_now(self.context, self.quarter, self.provider, where, manifest)
        return self._bounds[key]

    def known_bounds(self, estimate: Estimate) -> Bounds:
        """The bounds as remembered."""
        nothing = Bounds(reason="recorded while the review was opened")
        return self._bounds.get(repr(sorted(estimate.where.items())), nothing)

    def _figure(self, name: str) -> Measured:
        rows = {row["id"]: row["cells"] for row in self.pack.document.get("scorecard", {}).get("rows", ())}
        row, _, column = name.partition("/")
        if column in CELLS and row in rows:
            return _from_cell(rows[row][column])
        metric = rows[row]["market"]["metric"] if row in rows and not column else name
        if metric not in BY_NAME:
            return Measured(value=None, better="none", reason=f"no metric or scorecard row is named {name!r}")
        return self._measured(metric)

    def _measured(self, metric: str) -> Measured:
        from routeproof.app.measuring.measure import Question, measure  # noqa: PLC0415  # slow to import

        first, last = quarter_days(self.quarter)
        question = Question(
            metrics=(metric,),
            first=first,
            last=last,
            provider=self.provider,
            switches=switches_against(options_of(self.pack.meta).get("against")),
            manifest=self.pack.meta.get("manifest"),
        )
        better = BY_NAME[metric].better
        try:
            rows = measure(self.context.lake, question).as_plain()["rows"]
        except UsageError as error:
            return Measured(value=None, better=better, reason=error.message)
        value: Any = rows[0][metric] if rows else None
        reason = "" if value is not None else (rows[0]["reasons"].get(metric, "") if rows else "no rows")
        return Measured(value=None if value is None else float(value), better=better, reason=reason)


def _from_cell(cell: dict[str, Any]) -> Measured:
    metric = BY_NAME.get(cell["metric"])
    return Measured(
        value=cell["value"],
        better=metric.better if metric else "none",
        lower=cell.get("lower"),
        upper=cell.get("upper"),
        reason=cell.get("reason") or "",
    )


def predictable() -> frozenset[str]:
    """Names that a prediction may use for its metric."""
    from routeproof.app.review.benchmark import ROWS  # noqa: PLC0415

    return frozenset({*BY_NAME, *ROWS, *(f"{row}/{cell}" for row in ROWS for cell in CELLS)})


def last_quarters_review(records: Records, quarter: str, provider: str) -> Review | None:
    """The closed review of the quarter before, the last one where it was superseded."""
    found = None
    for review in reviews_of(records, previous_quarter(quarter), provider):
        if review.state == "closed":
            found = review
    return found


def reviews_of(records: Records, quarter: str, provider: str) -> list[Review]:
    """The review of a quarter and those that supersede it, in order."""
    found: list[Review] = []
    while (version := object_of(records, REVIEW, review_id(quarter, provider, len(found) + 1))) is not None:
        found.append(version.state)
    return found


def review_id(quarter: str, provider: str, number: int = 1) -> str:
    """`2026Q3-P`; the one that supersedes it `2026Q3-P-2`, and so on."""
    return f"{quarter}-{quote(provider, safe='')}" + (f"-{number}" if number > 1 else "")


def scored_predictions(records: Records, figures: QuarterFigures, *, may_measure: bool) -> tuple[Prediction, ...]:
    """Last quarter's predictions; under the write lock only with figures that were measured before."""
    review = last_quarters_review(records, figures.quarter, figures.provider)
    if review is None:
        return ()
    if may_measure:
        return score_predictions(review, figures, figures.bounds)
    return score_predictions(review, figures.known, figures.known_bounds)
