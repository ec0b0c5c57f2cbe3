"""Going live: only with passes of every demanded script for the settings in force and for those announced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.governance.certification import versions_to_certify
from routeproof.governance.decider import Command, Event, existing, in_state, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.governance.certification import Certification
    from routeproof.governance.config import Configuration, Settings
    from routeproof.governance.provider.state import Provider

    Demanded = Mapping[str, str]
"""Scripts that policy demands: id to SHA-256 of the file."""


def decide_go_live(state: Provider | None, command: Command) -> Sequence[Event]:
    """The provider is live for versions of its settings, each with the runs that its passes are from."""
    provider = existing(state, command)
    in_state(provider, command, "approved")
    configurations: Sequence[Configuration] = command.around["configurations"]
    if not configurations:
        refuse(
            "incomplete",
            f"expected the configuration of {provider.id} on record, found none: `routeproof config propose` records "
            "it, `routeproof config approve` puts it in force, `routeproof certify` tests it",
            where=provider.id,
        )
    certified = [
        {
            "configuration": item.id,
            "number": version.number,
            "certifications": _passes(item, version, command),
        }
        for item in configurations
        for version in _versions(item, command.on)
    ]
    if provider.live is not None and _same(provider, certified):
        refuse("wrong_state", f"{provider.id} went live with these versions on {provider.live.on} already")
    return [Event("provider.went_live", {"note": command.body.note, "certified": certified})]


def _versions(configuration: Configuration, day: date) -> Sequence[Settings]:
    if configuration.in_force(day) is None:
        refuse(
            "wrong_state",
            f"expected an approved version of {configuration.id} in force on {day}, found none",
            where=configuration.id,
        )
    versions = versions_to_certify(configuration, day)
    waiting = [item for item in versions if item.waits and item.effective_from <= day]
    if waiting:
        refuse(
            "wrong_state",
            f"version {waiting[0].number} of {configuration.id} is announced from {waiting[0].effective_from} and "
            "waits: approve or reject it first, so that it is known which settings are in force",
            where=configuration.id,
        )
    return versions


def _passes(configuration: Configuration, version: Settings, command: Command) -> list[str]:
    """Ids of the runs that the passes are from; of a script that ran often, the last run counts."""
    demanded: Demanded = command.around["scripts"]
    runs: Sequence[Certification] = command.around["certifications"]
    about = [run for run in runs if (run.configuration, run.number) == (configuration.id, version.number)]
    last: dict[tuple[str, str], tuple[str, bool]] = {}
    for run in sorted(about, key=lambda item: item.index):
        for outcome in run.scripts:
            last[outcome.script, outcome.sha256] = (run.id, outcome.passed)
    lacking = [name for name, sha256 in demanded.items() if (name, sha256) not in last]
    failed = [name for name, sha256 in demanded.items() if last.get((name, sha256), ("", True))[1] is False]
    if lacking or failed:
        said = [f"{word}: {', '.join(names)}" for word, names in (("not run", lacking), ("failed", failed)) if names]
        announced = "in force" if version == configuration.in_force(command.on) else "announced"
        helps = f"routeproof certify {command.id} --version {version.number}"
        if len(command.around["configurations"]) > 1:
            helps += f" --configuration {configuration.id}"
        refuse(
            "criteria_not_met",
            f"expected a pass of every demanded script for version {version.number} of {configuration.id}, which is "
            f"{announced}; found {'; '.join(said)}: `{helps}` runs them",
            where=configuration.id,
        )
    passed = sorted({last[name, sha256][0] for name, sha256 in demanded.items()})
    later = [run for run in about if run.id in passed and run.on > command.on]
    if later:
        refuse(
            "criteria_not_met",
            f"expected a go-live on or after its certification, found {command.on} and a pass of {later[-1].on} "
            f"({later[-1].id})",
            where=configuration.id,
        )
    return passed


def _same(provider: Provider, certified: Sequence[Mapping[str, Any]]) -> bool:
    before = {(item.configuration, item.number) for item in provider.live.certified} if provider.live else set()
    return before == {(item["configuration"], item["number"]) for item in certified}


def live_shown(provider: Provider, on: date, around: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the provider is live, since when, for which versions, and which must be certified again.

    `status` is not_live, live, or certification_due: a version in force or announced is not among those that it went
    live with. `due` is null where the configuration records were not looked at.
    """
    live = provider.live
    if live is None or provider.state == "terminated":
        return {"status": "not_live", "on": None, "by": None, "note": None, "certified": [], "due": None}
    told: dict[str, Any] = {"status": "live", **live.model_dump(mode="json"), "due": None}
    if "configurations" not in around:
        return told
    known = {(item.configuration, item.number) for item in live.certified}
    due = [
        {"configuration": item.id, "number": version.number}
        for item in around["configurations"]
        for version in versions_to_certify(item, on)
        if (item.id, version.number) not in known
    ]
    return told | {"status": "certification_due" if due else "live", "due": due}
