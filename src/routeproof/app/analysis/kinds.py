"""Every analysis by its name: its question, what it asks for, how it is done, and the tables that it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.analysis.comparison.compare import Comparison, compare
from routeproof.app.analysis.comparison.grid import Grid, compare_grid
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
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}
