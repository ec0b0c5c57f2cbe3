"""Policy without a proposal and with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.policy_in_force import MARGINS, policy_in_force
from routeproof.governance.policy import subjects_with
from routeproof.policy.changes import Change, entries_of, keys_of, with_change
from routeproof.policy.whole import whole_policy
from routeproof.stores.shipped_policy import load_equity_calendar, shipped_subjects

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.policy import Proposed
    from routeproof.policy.changes import Subjects
    from routeproof.policy.whole import WholePolicy


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a proposal.

    Attributes:
        proposal: what is proposed.
        subjects: parsed documents with all that was approved, but for the proposal.
    """

    proposal: Proposed
    subjects: Subjects

    def before(self) -> WholePolicy:
        """Policy without it."""
        return whole_policy(self.subjects, load_equity_calendar())

    def after(self, on: date) -> WholePolicy:
        """Policy with it, as if it had begun by a day."""
        return whole_policy(with_change(self.subjects, self._begun_by(on), MARGINS), load_equity_calendar())

    def values(self, on: date) -> dict[str, Any]:
        """`{"rows", "since", "on"}` of the key on a day: `name, before, after, changes` of each member of its value.

        A value that is no table is one row without a name. `before` and `since` are null where there was no value yet.
        """
        after = with_change(self.subjects, self._begun_by(on), MARGINS)
        old, new = _entry(self.subjects, self.proposal.key, on), _entry(after, self.proposal.key, on)
        since = old and old["effective_from"].isoformat()
        return {"rows": _rows(old and old["value"], new and new["value"]), "since": since, "on": on.isoformat()}

    def _begun_by(self, on: date) -> Change:
        change = self.proposal.change()
        return Change(
            key=change.key,
            value=change.value,
            effective_from=min(change.effective_from, on),
            citation=change.citation,
        )


def sides_of(context: Context, proposal: str) -> Sides | None:
    """Both sides of a proposal, approved or not; null if there is none of that name."""
    firm = policy_in_force(context.records).firm
    found = next((item for item in (firm.proposals if firm else ()) if item.id == proposal), None)
    if firm is None or found is None:
        return None
    others = [item for item in firm.approved() if item.id != proposal]
    return Sides(found, subjects_with(shipped_subjects(), others, MARGINS))


def _entry(subjects: Subjects, key: str, on: date) -> Mapping[str, Any] | None:
    """The entry of the longest part of a key that has entries, in force on a day or the first one."""
    known = set(keys_of(subjects))
    parts = key.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if name in known:
            entries = entries_of(subjects, name)
            begun = [entry for entry in entries if entry["effective_from"] <= on]
            return begun[-1] if begun else entries[0]
    return None


def _rows(old: Any, new: Any) -> list[dict[str, Any]]:  # noqa: ANN401  # TOML
    if not isinstance(new, dict):
        return [{"name": "", "before": old, "after": new, "changes": old != new}]
    known = old if isinstance(old, dict) else {}
    rows = [
        {"name": name, "before": known.get(name), "after": item, "changes": known.get(name) != item}
        for name, item in new.items()
    ]
    return sorted(rows, key=lambda row: not row["changes"])
