"""Plan and assign: what an experiment needs from outside its object, and the table that is handed out."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import act
from routeproof.app.objects.fold import object_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.evidence.experiment.assignment import key_of, treated_orders, treated_symbols
from routeproof.governance.experiment import EXPERIMENT, Experiment
from routeproof.metrics.metric import Quotient
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.errors import UsageError
from routeproof.vocab.sheet_text import inert_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.policy.sessions import SessionCalendar
    from routeproof.stores.records import Records

METRICS = frozenset(
    name for name, metric in BY_NAME.items() if isinstance(metric.averaging, Quotient) and metric.frame != "routes"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An assignment table: `columns` and rows of texts, and the SHA-256 that is on record."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sha256: str

    @property
    def text(self) -> str:
        """The table as CSV; a cell that a spreadsheet would run as a formula has an apostrophe before it."""
        written = io.StringIO()
        lines = csv.writer(written, lineterminator="\n")
        lines.writerows([inert_text(cell) for cell in row] for row in (self.columns, *self.rows))
        return written.getvalue()


def around_plan(context: Context) -> Callable[[Records], Mapping[str, Any]]:
    """What the decider of a plan is told: the firm's limits of today, and what can be measured by order."""

    def around(records: Records) -> dict[str, Any]:
        return {"policy": policy_in_force(records).whole.experiment.on(context.today).value, "metrics": METRICS}

    return around


def experiment_of(context: Context, name: str) -> Experiment:
    """The experiment as it stands.

    Raises:
        UsageError: there is none of that name.
    """
    found = object_of(context.records, EXPERIMENT, name)
    if found is None:
        message = f"expected an experiment named {name!r}, found none: `routeproof experiment list` names them"
        raise UsageError(message, where=name)
    return found.state


def sessions_of(plan: Experiment, calendar: SessionCalendar) -> tuple[date, ...]:
    """The plan's trading days."""
    return calendar.sessions(plan.first_on, calendar.last)[: plan.days]


def assign(context: Context, name: str, order_ids: Sequence[str] | None = None) -> tuple[dict[str, Any], Table]:
    """Record the assignment, once, and hand out the table: of days and securities, or of the order ids given.

    The record holds the hash of the whole table, or of the key where each order is decided by its id.

    Raises:
        RefusalError: as `act`; a table that is not the one on record.
    """
    plan = experiment_of(context, name)
    days = sessions_of(plan, policy_in_force(context.records).whole.calendar)
    if plan.unit == "order":
        table = _by_order(plan, order_ids or ())
        sha256, units = hashlib.sha256(key_of(plan.id, plan.seed)).hexdigest(), 0
    else:
        table = _by_block(plan, days)
        sha256, units = table.sha256, len(table.rows)
    body = {"sha256": sha256, "units": units, "last_on": days[-1].isoformat()}
    return act(context, EXPERIMENT, name, "assign", body), table


def table_on_record(context: Context, name: str) -> Table:
    """The table of days and securities that was handed out, made anew and held to the hash on record.

    Raises:
        UsageError: nothing was assigned yet; each order is decided by its id; a table that is not the one on record.
    """
    plan = experiment_of(context, name)
    if plan.assignment is None:
        message = f"expected an experiment that was assigned, found {name} {plan.state}"
        raise UsageError(message, where=name)
    if plan.unit == "order":
        message = f"expected a table of days and securities, found {name}, where each order is decided by its id: "
        message += "`routeproof experiment assign` takes the ids"
        raise UsageError(message, where=name)
    table = _by_block(plan, sessions_of(plan, policy_in_force(context.records).whole.calendar))
    if table.sha256 != plan.assignment.sha256:
        message = f"expected the table on record ({plan.assignment.sha256[:12]}), found {table.sha256[:12]}"
        raise UsageError(message, where=name)
    return table


def _by_block(plan: Experiment, days: Sequence[date]) -> Table:
    chosen = treated_by_day(plan, days)
    rows = tuple(
        (day.isoformat(), symbol, arm_of(plan, treated=symbol in chosen[day]))
        for day in days
        for symbol in sorted(set(plan.symbols))
    )
    return _table(("trading_day", "symbol", "provider_id"), rows)


def _by_order(plan: Experiment, order_ids: Iterable[str]) -> Table:
    names = list(order_ids)
    treated = treated_orders(key_of(plan.id, plan.seed), names, Fraction(plan.share))
    rows = tuple((name, arm_of(plan, treated=bool(one))) for name, one in zip(names, treated, strict=True))
    return _table(("order_id", "provider_id"), rows)


def _table(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Table:
    plain = Table(columns=columns, rows=rows, sha256="")
    return Table(columns=columns, rows=rows, sha256=hashlib.sha256(plain.text.encode()).hexdigest())


def treated_by_day(plan: Experiment, days: Iterable[date]) -> dict[date, frozenset[str]]:
    """Each day's securities that go to the treatment."""
    key, share = key_of(plan.id, plan.seed), Fraction(plan.share)
    return {day: treated_symbols(key, day.isoformat(), sorted(set(plan.symbols)), share) for day in days}


def arm_of(plan: Experiment, *, treated: bool) -> str:
    """Provider id of an arm."""
    return plan.treatment if treated else plan.control
