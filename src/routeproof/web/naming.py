"""Names of objects that a form makes: proposed by the program, changed at will."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from routeproof.app.objects.governed import ids_of
from routeproof.app.objects.naming import require_name
from routeproof.app.steps import BY_NOUN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context
    from routeproof.app.steps import Step

NEW = "new"
"""Stands in the path of a form that makes an object."""
FIELD = "object_id"
MAKING = frozenset({"open", "add", "declare", "propose", "request", "notice", "filed"})
"""Verbs that make an object, whatever its noun."""
BEGINS = {
    "case.open": "INQ",
    "conflict.declare": "CON",
    "config.propose": "CFG",
    "disclosure.filed": "FIL",
    "disclosure.notice": "NOT",
    "disclosure.request": "REQ",
    "evidence.hold": "H",
    "experiment.plan": "EXP",
    "provider.add": "P",
    "sla.propose": "SLA",
    "suppress.add": "S",
    "wsp.propose": "WSP",
}
"""Beginnings of proposed names; steps that are not here name what they make by themselves."""


def makes(step: Step) -> bool:
    """Whether a step makes its object, so that there is none before."""
    return step.verb in MAKING or step.name == "experiment.plan"


def proposed_name(context: Context, step: Step) -> str:
    """A name that is free; empty for a step that needs none."""
    begin = BEGINS.get(step.name)
    if begin is None:
        return ""
    taken = set(ids_of(context.records, BY_NOUN[step.noun.name]))
    joined = begin if begin in {"P", "H"} else f"{begin}-"
    return next(name for number in count(1) if (name := f"{joined}{number}") not in taken)


def name_in(form: Mapping[str, str], step: Step, object_id: str) -> str:
    """The object that a form is about: of its path, or, if it makes one, of its field.

    Raises:
        UsageError: a name that cannot be one.
    """
    if object_id != NEW or step.name not in BEGINS or FIELD not in form:
        return object_id
    return require_name(form[FIELD].strip())
