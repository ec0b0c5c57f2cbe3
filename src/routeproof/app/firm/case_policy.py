"""What deciders of cases are told of the firm's policy, and the words that a closing may use."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from routeproof.app.firm.linked import lacking
from routeproof.app.objects.fold import object_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.case.noun import CASE
from routeproof.policy.cases import reviewed_as

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.objects.act import Around
    from routeproof.policy.cases import CaseRules
    from routeproof.stores.records import Records

WORKING = "case.note"
"""Who may write what they found out about a case may be given it."""


def case_rules_on(records: Records, day: date) -> CaseRules:
    """Rules for cases in force on a day."""
    return policy_in_force(records).whole.cases.on(day)


def case_around(context: Context, **known: Any) -> Around:  # noqa: ANN401  # what the decider is told besides
    """`cases, calendar, workers, lacking`, and what else is known, for today, whatever day the action is given.

    A closing goes to a second person where the policy of today or that of the business day asks for it.
    `workers` are roles that may work a case. `lacking` is asked with a noun and an id, and says null where there is
    such an object, else what there is instead.
    """
    today = context.today

    def around(records: Records) -> Mapping[str, Any]:
        whole = policy_in_force(records).whole
        rules = reviewed_as(whole.cases.on(today), whole.cases.on(context.business_day))
        told = {"cases": rules, "calendar": whole.calendar, "lacking": partial(lacking, records)}
        workers = whole.governance.entitlements.on_or_first(today).value.get(WORKING, ())
        return {**told, "workers": workers, **known}

    return around


def earlier_state(records: Records, case_id: str | None) -> str | None:
    """State of a case that another one takes up; null if there is none of that name."""
    version = None if case_id is None else object_of(records, CASE, case_id)
    return None if version is None else version.state.state


def case_codes(context: Context) -> dict[str, Any]:
    """Codes in force today in reading order, `dispositions` and `root_causes`, and `titles` of both by code."""
    rules = case_rules_on(context.records, context.business_day)
    return {
        "dispositions": list(rules.dispositions),
        "root_causes": list(rules.root_causes),
        "titles": {**rules.dispositions, **rules.root_causes},
    }
