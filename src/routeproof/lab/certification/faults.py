"""What a simulated provider may get wrong, so that each expectation is seen to fail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One misbehaviour.

    Attributes:
        name: as it is switched on.
        what: in a sentence.
        script, check: where it must be found, at least.
    """

    name: str
    what: str
    script: str
    check: str


FAULTS: tuple[Fault, ...] = (
    Fault(name="late_ack", what="every answer comes 2.5 s later", script="market", check="acknowledged"),
    Fault(name="silent", what="orders are not answered at all", script="market", check="exec_types"),
    Fault(name="fill_before_ack", what="the acknowledgement follows the fill", script="market", check="exec_types"),
    Fault(name="no_ack", what="fills come without an acknowledgement", script="market", check="acknowledged"),
    Fault(name="renames_order", what="a fill has another OrderID", script="market", check="order_ids"),
    Fault(name="no_exec_type", what="reports have no ExecType", script="market", check="required_fields"),
    Fault(name="unexpected_venue", what="fills are of a venue nobody disclosed", script="market", check="venues"),
    Fault(
        name="through_limit", what="limit orders fill beyond their limit", script="limit", check="no_worse_than_limit"
    ),
    Fault(name="far_price", what="market orders fill ten ticks away", script="market", check="near_reference"),
    Fault(name="ignores_cancel", what="cancels are not answered", script="limit", check="exec_types"),
    Fault(name="fills_after_cancel", what="a cancelled order trades", script="large-blocks", check="after_the_end"),
    Fault(name="partial_fok", what="FOK orders fill in part", script="ioc-fok", check="filled"),
    Fault(name="ioc_rests", what="the rest of an IOC stays", script="ioc-fok", check="exec_types"),
    Fault(name="early_stop", what="stops trade before their price is reached", script="stop", check="filled"),
    Fault(name="reroutes_iso", what="an ISO trades at a venue other than its own", script="iso", check="venues"),
    Fault(name="drops_iso", what="an ISO is handled without its instruction", script="iso", check="handled_as_sent"),
    Fault(name="accepts_all", what="orders that cannot be right are accepted", script="rejects", check="exec_types"),
    Fault(name="no_reason", what="rejects give neither a code nor a text", script="rejects", check="says_why"),
    Fault(name="trades_halted", what="halted symbols trade", script="halts", check="filled"),
    Fault(name="rounds_lots", what="odd shares are dropped", script="odd-lots", check="filled"),
    Fault(name="loses_leaves", what="LeavesQty is a share short", script="limit", check="quantities"),
    Fault(name="wrong_average", what="AvgPx is not that of the fills", script="limit", check="average_price"),
    Fault(name="same_exec_id", what="every execution has the same ExecID", script="market", check="execution_ids"),
    Fault(name="marks_long", what="short sales are reported as long", script="short-sale", check="handled_as_sent"),
    Fault(name="trades_restricted", what="short sales at the bid trade", script="short-sale", check="filled"),
    Fault(name="keeps_expired", what="GTD orders do not expire", script="time-in-force", check="ended"),
    Fault(name="busts", what="the first fill is cancelled again", script="market", check="corrections"),
    Fault(name="wrong_clock", what="TransactTime is an hour off", script="market", check="transact_time"),
    Fault(name="old_id", what="cancels are answered under the order's own id", script="limit", check="handled_as_sent"),
    Fault(name="stray", what="reports come about orders nobody sent", script="market", check="strays"),
)
BY_NAME = {fault.name: fault for fault in FAULTS}
