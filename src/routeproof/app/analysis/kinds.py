"""Every analysis by its name: its question, what it asks for, how it is done, and the tables that it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.analysis.comparison.compare import Comparison, compare
from routeproof.app.analysis.comparison.grid import Grid, compare_grid
from routeproof.app.analysis.conflict.run import conflicts_test
from routeproof.app.analysis.counterfactual.run import counterfactual
from routeproof.app.analysis.leakage.run import leakage
from routeproof.app.analysis.routing.answers import routing_answers
from routeproof.app.analysis.routing.changes import routing_changes
from routeproof.app.analysis.routing.rank import routing_rank
from routeproof.app.measuring.asked import names_in
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routeproof.app.analysis.ground import Span
    from routeproof.app.context import Context

    Look = Callable[[Context, Span, Mapping[str, str]], dict[str, Any]]

USUAL_METRIC = "price_improvement_usd_per_share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One thing that an analysis asks for beside provider and days.

    Attributes:
        name: as in the address and the command.
        label: for people.
        usual: what stands there at first.
        hint: an example.
        required: nothing is done without it.
        choices: `metrics` or `dimensions`: those of the catalog are offered; empty: any text.
    """

    name: str
    label: str
    usual: str = ""
    hint: str = ""
    required: bool = False
    choices: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the answer.

    Attributes:
        of: member of the answer that holds the rows.
        caption: what a row is.
        columns: members of a row, in order; empty: all that are one value.
    """

    of: str
    caption: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One analysis.

    Attributes:
        name: as in the address.
        title: heading.
        question: what it answers, in a sentence.
        command: that does the same.
        method: page of `docs/methods`.
        asks: what it asks for beside provider and days.
        needs_provider: whether it is always about one provider.
        tables: what is shown below the answers, most telling first.
        look: does it.
    """

    name: str
    title: str
    question: str
    command: str
    method: str
    look: Look
    asks: tuple[Asked, ...] = ()
    needs_provider: bool = False
    tables: tuple[Table, ...] = ()

    def given(self, texts: Mapping[str, str]) -> dict[str, str]:
        """What was said of what it asks for; what was left empty is as usual.

        Raises:
            UsageError: something that it needs was not said, or something was said that it does not ask for.
        """
        unknown = [name for name, text in texts.items() if text and name not in {one.name for one in self.asks}]
        if unknown:
            named = ", ".join(one.name for one in self.asks) or "nothing beside provider and days"
            message = f"expected of {self.name}: {named}; found {', '.join(sorted(unknown))}"
            raise UsageError(message, where=min(unknown))
        found = {one.name: texts.get(one.name) or one.usual for one in self.asks}
        missing = [one for one in self.asks if one.required and not found[one.name]]
        if missing:
            message = f"expected {missing[0].label}, such as {missing[0].hint}; found nothing"
            raise UsageError(message, where=missing[0].name)
        return found


BOUNDS = (
    "routes", "shares", "paid_usd", "achievable_lower_usd", "achievable_upper_usd", "saved_lower_usd",
    "saved_upper_usd", "displayed_share", "tells", "reason",
)  # fmt: skip
AT = ("provider", "venue")
EFFECT = ("phase", "outcome", "unit", "matched", "estimate", "lower", "upper", "detectable", "tells", "reason")
METRIC = Asked(name="metric", label="metric", usual=USUAL_METRIC, choices="metrics")
WHERE = Asked(name="where", label="only where", hint="order_class=market")


def _compare(context: Context, span: Span, given: Mapping[str, str]) -> dict[str, Any]:
    where = (given["where"],) if given["where"] else ()
    asked = Comparison(
        metric=given["metric"], subject=given["subject"], against=given["against"], where=where, span=span
    )
    return compare(context, asked)


def _grid(context: Context, span: Span, given: Mapping[str, str]) -> dict[str, Any]:
    where = (given["where"],) if given["where"] else ()
    asked = Grid(
        metric=given["metric"],
        by=names_in(given["by"]),
        subject=given["subject"] or None,
        against=given["against"] or None,
        where=where,
        span=span,
    )
    return compare_grid(context, asked)


def _alone(look: Callable[[Context, Span], dict[str, Any]]) -> Look:
    """An analysis that asks for nothing beside provider and days."""
    return lambda context, span, _: look(context, span)


KINDS: tuple[Kind, ...] = (
    Kind(
        name="compare",
        title="Fair comparison",
        question="Are two flows treated differently, once it is the same kind of flow?",
        command="routeproof compare",
        method="compare",
        asks=(
            Asked(name="subject", label="subject", hint="provider=P2", required=True),
            Asked(name="against", label="against", hint="provider=P1, rest, or population=tape", required=True),
            METRIC,
            WHERE,
        ),
        tables=(
            Table(of="sides", caption="The two sides", columns=("side", "orders", "days", "raw", "cells", "robust")),
            Table(
                of="strengths",
                caption="How strong something unmeasured would have to be, beside what each measured dimension is",
                columns=("what", "of_values", "of_choice", "moves"),
            ),
            Table(of="lacking", caption="Flow of the subject without a counterpart, heaviest first"),
            Table(
                of="balance",
                caption="Shares of both sides by level, and how far apart they are before and after",
                columns=("dimension", "level", "subject", "benchmark", "weighted", "before", "after"),
            ),
        ),
        look=_compare,
    ),
    Kind(
        name="grid",
        title="Comparison by cell",
        question="Which cells of a grid differ, with the share of false discoveries under control?",
        command="routeproof compare grid",
        method="compare",
        asks=(
            Asked(name="by", label="by", usual="order_class,venue", hint="order_class,venue", required=True),
            METRIC,
            Asked(name="subject", label="subject", hint="provider=P2"),
            Asked(name="against", label="against", hint="provider=P1"),
            WHERE,
        ),
        tables=(
            Table(of="cells", caption="Cells; ranks say where to look, never what was found"),
            Table(
                of="families",
                caption="Families of comparisons",
                columns=("name", "tested", "discovered", "expected_false", "expected_false_unadjusted"),
            ),
        ),
        look=_grid,
    ),
    Kind(
        name="conflicts",
        title="Conflicts of interest",
        question="Is a venue chosen more often the more it pays, when the quality to expect there is the same?",
        command="routeproof conflicts test",
        method="conflicts",
        tables=(
            Table(of="findings", caption="What is found of each inducement"),
            Table(of="venues", caption="Venues by net payment, and how much more often than predicted they are tried"),
            Table(of="resting_venues", caption="The same of orders that rest, by the share predicted to stay unfilled"),
            Table(of="money", caption="What customers lost and the router earned, by order class"),
            Table(of="unpriced", caption="Venues of which no fee or payment is known"),
        ),
        look=_alone(conflicts_test),
    ),
    Kind(
        name="routing_rank",
        title="Routing order",
        question="Which venue is tried first, which next, and in which situation?",
        command="routeproof routing rank",
        method="routing-rank",
        tables=(
            Table(of="first_venues", caption="Venues tried first, by order class"),
            Table(of="ranking", caption="Places by situation, with the best and worst place that chance leaves"),
            Table(of="transitions", caption="From which venue to which an order goes on"),
            Table(of="sweeps", caption="Venues that are tried at one instant"),
            Table(of="hop_times", caption="Time at each hop"),
            Table(of="configuration", caption="Beside the configuration on file"),
        ),
        look=_alone(routing_rank),
    ),
    Kind(
        name="routing_changes",
        title="Changes of routing",
        question="On which day did the router begin to choose otherwise, and was that announced?",
        command="routeproof routing changes",
        method="routing-changes",
        tables=(Table(of="changes", caption="Changes beyond chance"),),
        look=_alone(routing_changes),
    ),
    Kind(
        name="leakage",
        title="Information leakage",
        question="Does the market move against an order after it went to a venue, more than where nothing was sent?",
        command="routeproof leakage",
        method="leakage",
        tables=(
            Table(of="questions", caption="What to ask the provider", columns=("provider", "venue", "phase", "text")),
            Table(of="by_venue", caption="By venue and stretch of time", columns=(*AT, *EFFECT)),
            Table(of="blocks", caption="Block orders on their own", columns=(*AT, *EFFECT)),
            Table(of="by_rank", caption="By order of routes", columns=(*AT, "rank", *EFFECT)),
            Table(of="by_intent", caption="By intent of the route", columns=(*AT, "intent", *EFFECT)),
            Table(of="by_size", caption="By size against what was displayed", columns=(*AT, "size", *EFFECT)),
            Table(of="by_company", caption="Alone, or with routes elsewhere", columns=(*AT, "company", *EFFECT)),
        ),
        look=_alone(leakage),
    ),
    Kind(
        name="routing_answers",
        title="Answers tested",
        question="Which answers of the provider's questionnaire does the record support, and which does it contradict?",
        command="routeproof routing answers",
        method="routing-rank",
        needs_provider=True,
        tables=(
            Table(
                of="checks",
                caption="Each testable answer as a claim, its test and the result",
                columns=("question_id", "answer", "claim", "test", "result", "why"),
            ),
        ),
        look=_alone(routing_answers),
    ),
    Kind(
        name="counterfactual",
        title="What was displayed elsewhere",
        question="What could marketable routes have cost at the quotes that were displayed when they arrived?",
        command="routeproof counterfactual",
        method="counterfactual",
        tables=(
            Table(
                of="by_venue",
                caption="Bounds by venue; costs against the midpoint",
                columns=("provider", "venue", *BOUNDS),
            ),
            Table(
                of="by_class",
                caption="Bounds by order class; costs against the midpoint",
                columns=("provider", "order_class", *BOUNDS),
            ),
            Table(
                of="by_quarter",
                caption="Bounds by quarter; costs against the midpoint",
                columns=("provider", "quarter", *BOUNDS),
            ),
            Table(of="access", caption="Venues that each router is taken to reach"),
        ),
        look=_alone(counterfactual),
    ),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}
