"""The results of a run as plain values: what the report, the results file and `--json` are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from routeproof.lab.certification.reply import Reply
    from routeproof.lab.certification.results import Check, ScriptResult, StepResult


def plain_script(result: ScriptResult) -> dict[str, Any]:
    """One script; instants are UTC nanoseconds as text, messages as they went over the line with `|` for SOH."""
    script = result.script
    return {
        "script": script.id,
        "version": script.version,
        "title": script.title,
        "purpose": script.purpose,
        "citation": script.citation,
        "sha256": script.sha256,
        "passed": result.passed,
        "failed": failed_steps(result),
        "began_at": str(result.began_at),
        "ended_at": str(result.ended_at),
        "instruments": {
            name: {"symbol": item.symbol, "reference_price": str(item.reference_price), "tick": str(item.tick)}
            for name, item in script.instruments.items()
        },
        "steps": [_step(item) for item in result.steps],
        "checks": [_check(item) for item in result.checks],
        "cancelled": list(result.cancelled),
        "left_open": list(result.left_open),
    }


def failed_steps(result: ScriptResult) -> list[str]:
    """Steps that failed; `whole` for the checks of the script as a whole."""
    whole = [] if all(item.passed for item in result.checks) else ["whole"]
    return [item.step.id for item in result.steps if not item.passed] + whole


def _step(item: StepResult) -> dict[str, Any]:
    return {
        "step": item.step.id,
        "title": item.step.title,
        "send": item.step.send,
        "passed": item.passed,
        "left_out": item.left_out,
        "note": item.note,
        "cl_ord_id": item.sent.cl_ord_id if item.sent else None,
        "sent_at": str(item.sent.sent_at) if item.sent else None,
        "sent": _readable(item.sent.raw) if item.sent else None,
        "received": [_reply(reply) for reply in item.replies],
        "checks": [_check(check) for check in item.checks],
    }


def _reply(reply: Reply) -> dict[str, Any]:
    return {
        "answer": reply.answer,
        "status": reply.status or None,
        "received_at": str(reply.received_at),
        "fields": {str(tag): value for tag, value in reply.fields.items()},
    }


def _check(check: Check) -> dict[str, Any]:
    return {"check": check.name, "expected": check.expected, "observed": check.observed, "passed": check.passed}


def _readable(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\x01", "|")
