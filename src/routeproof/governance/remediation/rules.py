"""What a remediation still needs, what is overdue, and whether monitoring may end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from routeproof.governance.remediation.bodies import ExitTest, Level
    from routeproof.governance.remediation.state import Heightened, Look, Remediation
    from routeproof.policy.oversight import Step

NEXT = {
    "opened": "notify",
    "notified": "acknowledge",
    "acknowledged": "investigate",
    "investigating": "plan",
    "planned": "heighten",
    "heightened": "conclude",
}
"""The step that is expected after a state; after the end there is none."""


def needs(remediation: Remediation, steps: Mapping[str, Step]) -> list[str]:
    """Keys that the next step requires; none after the end."""
    step = steps.get(NEXT.get(remediation.state, ""))
    return list(step.needs) if step else []


def overdue(remediation: Remediation, steps: Mapping[str, Step], day: date) -> list[dict[str, Any]]:
    """Steps and actions whose day has passed: `what`, `due_on`, `days`."""
    if remediation.concluded is not None:
        return []
    due: list[tuple[str, date]] = []
    name = NEXT[remediation.state]
    step = steps.get(name)
    if step is not None and step.due_days:
        due.append((name, remediation.since + timedelta(days=step.due_days)))
    due += [(f"action {item.id}", item.due_on) for item in remediation.actions if item.open]
    if remediation.monitoring is not None:
        due.append(("conclude", remediation.monitoring.until))
        due.append(("look", next_look_on(remediation)))
    late = sorted((due_on, what) for what, due_on in due if due_on < day)
    return [{"what": what, "due_on": due_on.isoformat(), "days": (day - due_on).days} for due_on, what in late]


def looks_for_exit(remediation: Remediation) -> tuple[Look, ...]:
    """Looks under the exit test in force that cover enough days to count."""
    monitoring = remediation.monitoring
    if monitoring is None:
        return ()
    return tuple(look for look in remediation.looks[monitoring.first_look :] if look.counts)


def next_look_from(remediation: Remediation) -> date:
    """First day that the next look measures."""
    monitoring = remediation.monitoring
    if monitoring is None:
        return remediation.since
    looks = remediation.looks[monitoring.first_look :]
    return looks[-1].to_on + timedelta(days=1) if looks else monitoring.on


def next_look_on(remediation: Remediation) -> date:
    """Day on which the next look that counts is due."""
    days = remediation.monitoring.review_every_days if remediation.monitoring else 0
    return next_look_from(remediation) + timedelta(days=days)


def met(test: ExitTest, look: Look) -> bool:
    """Whether a look passes: by its figure, or where the test has a margin by every one of its streams."""
    if test.within is None:
        return look.value is not None and test.met_by(look.value)
    return len(look.streams) == 1 + len(test.also) and all(stream.passed for stream in look.streams)


def wanted(test: ExitTest) -> str:
    """What a look has to show, in words."""
    return " and ".join(_wanted(one) for one in (test, *test.also))


def _wanted(level: Level) -> str:
    bound = level.at_least if level.at_least is not None else level.at_most
    least = "at least" if level.at_least is not None else "at most"
    if level.within is None:
        return f"{level.metric} {least} {bound:g}"
    agreed = "its level" if bound is None else f"{bound:g}"
    return f"{level.metric} within {level.within:g} of {agreed}"


def consecutive(looks: tuple[Look, ...]) -> int:
    """How many of the last looks passed in a row."""
    count = 0
    for look in reversed(looks):
        if not look.met:
            break
        count += 1
    return count


def unmet(remediation: Remediation, looks: tuple[Look, ...]) -> list[str]:
    """What stands against a restoration, in words; empty if nothing."""
    found = [f"action {item.id} is not done" for item in remediation.actions if item.open]
    if all(item.withdrawn_on is not None for item in remediation.actions):
        found.append("there is no corrective action")
    monitoring = remediation.monitoring
    if monitoring is None:
        return [*found, "there was no heightened monitoring, so no exit test"]
    passed = consecutive(looks)
    if passed < monitoring.exit.looks:
        needed = f"{monitoring.exit.looks} consecutive looks with {wanted(monitoring.exit)}"
        found.append(f"the exit test needs {needed}, found {passed}{_measured(looks[-monitoring.exit.looks :])}")
    return [*found, *_loosened(monitoring)]


def _loosened(monitoring: Heightened) -> list[str]:
    before = monitoring.looser_than
    if before is None:
        return []
    asked = f"{before.exit.looks} looks of {before.review_every_days} days with {wanted(before.exit)}"
    return [f"the exit test asks for less than that of {before.on}: {asked}"]


def _measured(looks: tuple[Look, ...]) -> str:
    """What the last looks saw, so that nobody has to ask why they did not pass."""
    if not looks:
        return ": nobody has looked over a whole review period"
    said = (f"{look.to_on} {f'{look.value:g}' if look.value is not None else look.reason}" for look in looks)
    return f" at the end; looks measured: {', '.join(said)}"


def warnings(remediation: Remediation, known_metrics: Collection[str] | None = None) -> list[str]:
    """What does not stop a step, but what its readers must know."""
    return [*_of_receipt(remediation), *_of_monitoring(remediation, known_metrics)]


def _of_receipt(remediation: Remediation) -> list[str]:
    received = remediation.acknowledged
    if received is None:
        return []
    sent = remediation.letters[-1].on
    if received.received_on < sent:
        return [f"receipt is dated {received.received_on}, before the letter of {sent}"]
    if received.received_on > received.on:
        return [f"receipt is dated {received.received_on}, after it was recorded on {received.on}"]
    return []


def _of_monitoring(remediation: Remediation, known_metrics: Collection[str] | None) -> list[str]:
    monitoring = remediation.monitoring
    if monitoring is None:
        return []
    found = _loosened(monitoring)
    if monitoring.until <= monitoring.on:
        found.append(f"heightened monitoring began on {monitoring.on}, not before its last day {monitoring.until}")
    found += [
        f"threshold {key!r} names neither a rule (RULE.THRESHOLD) nor a metric: it tightens nothing"
        for key in monitoring.thresholds
        if known_metrics is not None and "." not in key and key not in known_metrics
    ]
    metric = monitoring.exit.metric
    if monitoring.exit.within is None and known_metrics is not None and metric not in known_metrics:
        found.append(
            f"no metric is named {metric!r}: looks measure nothing, the exit test cannot be met; heighten again with "
            "one that `routeproof metrics` names"
        )
    return found
