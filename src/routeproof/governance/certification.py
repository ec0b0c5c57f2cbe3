"""A certification: scripts run against a provider's test system, passed or failed, for one version of its settings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from routeproof.governance.decider import Body, Command, Event, Happened, Noun, State, Verb, absent, refuse
from routeproof.governance.part import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.governance.config import Configuration, Settings
    from routeproof.governance.provider.state import Provider


class Outcome(Part):
    """What one script came to.

    Attributes:
        script, version: its id, and the version of its text.
        sha256: of the script's file.
        passed: whether every check held.
        steps: how many it has.
        failed: steps that failed; `whole` stands for the checks of the script as a whole.
    """

    script: str = Field(min_length=1)
    version: int = Field(ge=1)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    passed: bool
    steps: int = Field(ge=1)
    failed: tuple[str, ...] = ()


class Run(Body):
    """A run as it was made.

    Attributes:
        provider: whose test system.
        configuration: the configuration record whose settings the test system ran with.
        number: their version.
        scripts: in the order in which they ran.
        session: BeginString, CompIDs and address, for people.
        began_at, ended_at: UTC nanoseconds as text.
        results: all that was sent and received and how it was judged, as a JSON file.
        report: the same for people, as a PDF.
    """

    provider: str
    configuration: str
    number: int = Field(ge=1)
    scripts: tuple[Outcome, ...] = Field(min_length=1)
    session: str
    began_at: str = Field(pattern="^[0-9]+$")
    ended_at: str = Field(pattern="^[0-9]+$")
    results: str
    report: str
    attached: ClassVar[tuple[str, ...]] = ("results", "report")


class Certification(State):
    """A run on record; `state` is passed or failed, for good: another run is another certification.

    Attributes:
        index: of its entry in the ledger; later runs have higher ones.
    """

    provider: str
    configuration: str
    number: int
    scripts: tuple[Outcome, ...]
    session: str
    began_at: str
    ended_at: str
    results: str
    report: str
    by: str
    on: date
    index: int
    attached: ClassVar[tuple[str, ...]] = ("results", "report")


def versions_to_certify(configuration: Configuration, day: date) -> tuple[Settings, ...]:
    """The version in force on a day and every later one that was announced and not rejected; oldest first."""
    current = configuration.in_force(day)
    first = current.number if current else 1
    return tuple(item for item in configuration.versions if item.number >= first and item.rejected_by is None)


def _record(state: Certification | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    body: Run = command.body
    provider: Provider | None = command.around["provider"]
    configurations: Sequence[Configuration] = command.around["configurations"]
    if provider is None or provider.state == "terminated":
        found = "none" if provider is None else "it terminated"
        refuse("wrong_state", f"expected a provider file {body.provider}, found {found}", where=body.provider)
    theirs = [item for item in configurations if item.id == body.configuration]
    if not theirs:
        refuse(
            "incomplete",
            f"expected a configuration record {body.configuration} of {body.provider}, found none: a pass is for a "
            "version of the settings; `routeproof config propose` records them",
            where=body.configuration,
        )
    known = [item.number for item in versions_to_certify(theirs[0], command.on)]
    if body.number not in known:
        said = ", ".join(map(str, known)) or "none"
        refuse(
            "wrong_state",
            f"expected the version of {body.configuration} in force or a later one that was announced ({said}), "
            f"found {body.number}",
            where=body.configuration,
        )
    passed = all(item.passed for item in body.scripts)
    return [Event("certification.recorded", {"id": command.id, "passed": passed, **body.model_dump(mode="json")})]


def _evolve(_: Certification | None, happened: Happened) -> Certification:
    payload = happened.event.payload
    known = {name: payload[name] for name in ("id", *Run.model_fields)}
    how = {"by": happened.by, "on": happened.on, "index": happened.index}
    return Certification.model_validate({**known, "state": "passed" if payload["passed"] else "failed", **how})


CERTIFICATION: Noun[Certification] = Noun(
    name="certification",
    state=Certification,
    verbs={"record": Verb(Run, _record, signs=True)},
    evolve=_evolve,
)
