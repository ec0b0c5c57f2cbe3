"""What people do with cases beyond one plain step: open an inquiry, close several, compute harm, escalate, look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.cases.case_pins import pin_inquiry
from routeproof.app.cases.inquiry import about_order
from routeproof.app.cases.payments import paid_elsewhere
from routeproof.app.cases.withdrawn import withdrawn_of
from routeproof.app.firm.case_policy import case_around, case_rules_on, earlier_state
from routeproof.app.objects.act import act, project_object, shown
from routeproof.app.objects.amended_day import program_fact
from routeproof.app.objects.findings import entry_at
from routeproof.app.objects.fold import happened, object_of, required, step
from routeproof.app.objects.naming import require_name
from routeproof.governance.case.noun import CASE
from routeproof.governance.case.rules import overdue_events
from routeproof.governance.decider import RefusalError
from routeproof.vocab.errors import RouteproofError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.ledger.entry import Fact
    from routeproof.stores.records import Records
    from routeproof.stores.records_database import Database

Row = dict[str, Any]
ESCALATED = 1_000
"""Cases that one transaction of escalations takes."""


def case_shown(context: Context, case_id: str) -> Row:
    """The case as people see it now.

    With `withdrawn`, ids of its findings that no longer stand, and `timeline`: its events and their withdrawals by
    time. Harm is `outdated` where the data of the case's day changed since it was computed.
    """
    state = shown(context, CASE, case_id, {"now": context.clock()})
    if harm := state["harm"]:
        then, now = (context.lake.manifest(at).measured(state["day"] or None) for at in (harm["manifest"], None))
        state["harm"] = harm | {"outdated": then != now}
    gone, entries = withdrawn_of(context.records, state["findings"])
    timeline = sorted([*state["history"], *entries], key=lambda item: int(item["index"]))
    return state | {"withdrawn": gone, "timeline": timeline}


def case_step(context: Context, case_id: str, verb: str, body: Mapping[str, Any] | None = None) -> Row:
    """One person does one thing with one case.

    Raises:
        UsageError: if there is no such case.
        RefusalError: as `act`.
    """
    required(context.records, CASE, case_id)
    around = case_around(context)

    def told(records: Records) -> Mapping[str, Any]:
        return {**around(records), "paid_elsewhere": paid_elsewhere(records, case_id)}

    done = act(context, CASE, case_id, verb, body, told if verb == "reimburse" else around)
    receipt = {"receipt": done["receipt"]} if "receipt" in done else {}
    return case_shown(context, case_id) | receipt


def open_case(context: Context, case_id: str, body: Mapping[str, Any]) -> Row:
    """Open a case by hand; an inquiry gets the replay of its order attached, an analysis's answer is filed.

    Raises:
        RefusalError: as `act`.
        UsageError: an id that is no name; an inquiry names an order that the lake does not know, or several that it may
            mean.
        RouteproofError: as `held_answer.with_answer`.
    """
    require_name(case_id, "ID")
    if not body.get("answer"):
        return _open(context, case_id, body)
    from routeproof.app.analysis.held_answer import with_answer  # noqa: PLC0415  # slow to import

    with with_answer(context, body, "case") as whole:
        return _open(context, case_id, whole)


def _open(context: Context, case_id: str, body: Mapping[str, Any]) -> Row:
    known: Row = {"earlier_state": earlier_state(context.records, body.get("earlier"))}
    pins: list[Row] = []
    if body.get("kind") == "inquiry" and (body.get("order_id") or body.get("execution_id")):
        manifest = context.lake.manifest(body.get("manifest")).id
        body, order = about_order(context, manifest, body)
        pin = pin_inquiry(context, manifest, order)
        pins = [pin | {"rows": pin["rows"][:ROWS_NAMED]}]
        known |= {"orders": [order], "pins": pins}
    stored = [pin["sha256"] for pin in pins]
    try:
        act(context, CASE, case_id, "open", body, case_around(context, **known), stored)
    except RouteproofError:
        for sha256 in stored:
            context.evidence.destroy(sha256)
        raise
    return case_shown(context, case_id)


ROWS_NAMED = 150
"""Rows that an entry names; the document has them all."""


def each_case(context: Context, ids: Sequence[str], verb: str, body: Mapping[str, Any]) -> list[Row]:
    """The same step with several cases, each an entry of its own; what is refused does not stop the others.

    Returns:
        One row per case: `id, state` as it stands, and `error` with code and message where it was refused.
    """
    rows: list[Row] = []
    for case_id in dict.fromkeys(ids):
        try:
            required(context.records, CASE, case_id)
            done = act(context, CASE, case_id, verb, body, case_around(context))
            rows.append({"id": case_id, "state": done["state"], "error": None})
        except (RefusalError, UsageError) as error:
            version = object_of(context.records, CASE, case_id)
            state = None if version is None else version.state.state
            rows.append({"id": case_id, "state": state, "error": {"code": error.code, "message": error.message}})
    return rows


def escalate(context: Context) -> list[str]:
    """Raise every case whose running clock ran out, once per clock; ids. Entries stand under the program's account."""
    raised: list[str] = []
    while done := _escalate_some(context):
        raised += done
    return list(dict.fromkeys(raised))


def _escalate_some(context: Context) -> list[str]:
    now = context.clock()
    versions: dict[str, Any] = {}

    def decide(records: Records) -> list[Fact]:
        rules = case_rules_on(records, context.today)
        rows = records.query(
            "SELECT id FROM cases WHERE escalate_at < :now ORDER BY escalate_at, id LIMIT :most",
            {"now": now, "most": ESCALATED},
        )
        facts = []
        for (name,) in rows:
            version = object_of(records, CASE, str(name))
            assert version is not None  # noqa: S101  # a row of the projection has entries
            stream = CASE.stream(version.state.id)
            versions[stream] = version
            events = overdue_events(version.state, rules, now)
            facts += [program_fact(context, stream, item.type, dict(item.payload)) for item in events]
        return facts

    def project(database: Database, indexes: list[int]) -> None:
        for index in indexes:
            entry = entry_at(database, index)
            stream = entry.fact.stream
            versions[stream] = step(CASE, versions[stream], happened(entry))
            project_object(database, CASE, versions[stream])

    context.records.decide(decide, project)
    return [stream.partition("/")[2] for stream in versions]
