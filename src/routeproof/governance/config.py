"""The configuration record: settings of a provider, in versions that one person proposes and another approves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, field_validator

from routeproof.governance.decider import (
    Body,
    Command,
    Event,
    Happened,
    Noun,
    State,
    Verb,
    another_person,
    refuse,
)
from routeproof.governance.part import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

Scalar = str | int | float | bool | None
MOST_BYTES = 40_000
"""Settings larger than this are attached as a file, and only what is supervised is listed."""


class SettingsBody(Body):
    """Settings as a whole, from a day on.

    Attributes:
        provider: whose settings.
        settings: by name; nested tables become names with dots, lists become names with places.
        reason: why they change.
        effective_from: day from which the provider uses them.
        notice_on: day on which the provider gave notice.
        notice: its notice as a file.
        expected_effect: what the change should do to execution quality, and where that will show.
    """

    provider: str
    settings: dict[str, Scalar] = Field(min_length=1)
    reason: str = Field(min_length=1)
    effective_from: date
    notice_on: date | None = None
    notice: str | None = None
    expected_effect: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("reason", "expected_effect")
    attached: ClassVar[tuple[str, ...]] = ("notice",)

    @field_validator("settings", mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:  # noqa: ANN401  # JSON or TOML
        if not isinstance(value, Mapping):
            return value
        return dict(_leaves("", value))

    @field_validator("settings")
    @classmethod
    def _small(cls, value: dict[str, Scalar]) -> dict[str, Scalar]:
        size = len(json.dumps(value).encode())
        if size > MOST_BYTES:
            message = f"expected at most {MOST_BYTES} bytes of settings, found {size}: attach them as the notice"
            raise ValueError(message)
        return value


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Scalar]]:  # noqa: ANN401  # JSON or TOML
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(f"{name}.{key}" if name else str(key), item)
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _leaves(f"{name}[{place}]", item)
    else:
        yield name, value if value is None or isinstance(value, str | int | float | bool) else str(value)


class Note(Body):
    """A remark of who approves."""

    note: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("note",)


class Rejection(Body):
    """Why settings are not approved."""

    reason: str = Field(min_length=1)
    kept: ClassVar[tuple[str, ...]] = ("reason",)


class Settings(Part):
    """A version of the settings."""

    number: int
    settings: Mapping[str, Scalar]
    reason: str
    effective_from: date
    notice_on: date | None = None
    notice: str | None = None
    expected_effect: str | None = None
    proposed_by: str
    proposed_on: date
    approved_by: str | None = None
    approved_on: date | None = None
    approval_note: str | None = None
    rejected_by: str | None = None
    rejection: str | None = None

    @property
    def waits(self) -> bool:
        """Whether it is neither approved nor rejected."""
        return self.approved_by is None and self.rejected_by is None


class Configuration(State):
    """The configuration record; `state` is proposed until its first version is approved."""

    provider: str
    versions: tuple[Settings, ...]
    kept: ClassVar[tuple[str, ...]] = (
        "versions.*.reason",
        "versions.*.expected_effect",
        "versions.*.approval_note",
        "versions.*.rejection",
    )
    attached: ClassVar[tuple[str, ...]] = ("versions.*.notice",)

    def in_force(self, day: date) -> Settings | None:
        """The approved version in force on a day; of one day's several, the last approved."""
        found = [item for item in self.versions if item.approved_by is not None and item.effective_from <= day]
        return max(found, key=lambda item: (item.effective_from, item.number)) if found else None


def difference(before: Mapping[str, Scalar], after: Mapping[str, Scalar]) -> dict[str, Any]:
    """Settings that were added, removed, changed, by name; a number and the same text are different settings."""
    return {
        "added": [{"setting": name, "after": after[name]} for name in sorted(after) if name not in before],
        "removed": [{"setting": name, "before": before[name]} for name in sorted(before) if name not in after],
        "changed": [
            {"setting": name, "before": before[name], "after": after[name]}
            for name in sorted(after)
            if name in before and (type(before[name]), before[name]) != (type(after[name]), after[name])
        ],
    }


def _propose(state: Configuration | None, command: Command) -> Sequence[Event]:
    body: SettingsBody = command.body
    if state is not None and body.provider != state.provider:
        refuse("wrong_state", f"{command.id} is of {state.provider}, found settings of {body.provider}")
    if state is not None and state.versions[-1].waits:
        refuse("wrong_state", f"version {state.versions[-1].number} of {command.id} waits for approval already")
    approved = [item for item in state.versions if item.approved_by is not None] if state else []
    if approved and not any(difference(approved[-1].settings, body.settings).values()):
        refuse("incomplete", f"expected settings other than version {approved[-1].number}'s, found the same")
    number = len(state.versions) + 1 if state else 1
    return [Event("config.proposed", {"id": command.id, "number": number, **body.model_dump(mode="json")})]


def _waiting(state: Configuration | None, command: Command) -> Settings:
    if state is None or not state.versions[-1].waits:
        refuse("wrong_state", f"expected settings of {command.id} that wait for approval, found none")
    return state.versions[-1]


def _of_others(state: Configuration | None, command: Command) -> Settings:
    waiting = _waiting(state, command)
    another_person(command, waiting.proposed_by, f"proposed version {waiting.number}")
    return waiting


def _approve(state: Configuration | None, command: Command) -> Sequence[Event]:
    waiting = _of_others(state, command)
    return [Event("config.approved", {"number": waiting.number, "note": command.body.note})]


def _reject(state: Configuration | None, command: Command) -> Sequence[Event]:
    waiting = _waiting(state, command)
    return [Event("config.rejected", {"number": waiting.number, "reason": command.body.reason})]


def _evolve(state: Configuration | None, happened: Happened) -> Configuration:
    payload = happened.event.payload
    if happened.event.type == "config.proposed":
        known = {name: payload[name] for name in payload if name in Settings.model_fields}
        version = Settings.model_validate({**known, "proposed_by": happened.by, "proposed_on": happened.on})
        if state is None:
            provider = payload["provider"]
            return Configuration(id=payload["id"], state="proposed", provider=provider, versions=(version,))
        return state.model_copy(update={"versions": (*state.versions, version)})
    assert state is not None  # noqa: S101  # the first event proposes
    if happened.event.type == "config.approved":
        how = {"approved_by": happened.by, "approved_on": happened.on, "approval_note": payload["note"]}
        last = state.versions[-1].model_copy(update=how)
        return state.model_copy(update={"state": "approved", "versions": (*state.versions[:-1], last)})
    last = state.versions[-1].model_copy(update={"rejected_by": happened.by, "rejection": payload["reason"]})
    return state.model_copy(update={"versions": (*state.versions[:-1], last)})


def _show(state: Configuration, on: date, _around: Mapping[str, Any]) -> dict[str, Any]:
    current, last = state.in_force(on), state.versions[-1]
    return {
        "id": state.id,
        "state": state.state,
        "provider": state.provider,
        "in_force": current.number if current else None,
        "settings": dict(current.settings) if current else {},
        "waiting": last.number if last.waits else None,
        "waiting_difference": difference(current.settings if current else {}, last.settings) if last.waits else {},
        "versions": [_told(item) for item in state.versions],
    }


def _told(item: Settings) -> dict[str, Any]:
    """A version without its settings; `approved_late` if it was used before it was approved."""
    late = item.approved_on is not None and item.approved_on > item.effective_from
    notice = (item.effective_from - item.notice_on).days if item.notice_on else None
    whole = item.model_dump(mode="json", exclude={"settings"})
    return whole | {"notice_days": notice, "approved_late": late}


CONFIG: Noun[Configuration] = Noun(
    name="config",
    state=Configuration,
    verbs={
        "propose": Verb(SettingsBody, _propose),
        "approve": Verb(Note, _approve, signs=True, others=_of_others),
        "reject": Verb(Rejection, _reject),
    },
    evolve=_evolve,
    show=_show,
)
