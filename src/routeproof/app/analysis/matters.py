"""What in an analysis's answer calls for somebody to act: accusations, questions, contradictions, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.analysis.conflict.judge import AT_COST
from routeproof.app.analysis.conflict.resting import RESTING
from routeproof.app.analysis.routing.on_file import CONTRADICTED
from routeproof.rules.announcements import UNANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Row = dict[str, Any]
WORSE = "worse"
OF_PROVIDER = "provider="


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that the answer says of a provider.

    Attributes:
        provider: null where the flow of several was asked about together.
        said: in a sentence.
        row: of the answer, that says so.
    """

    provider: str | None
    said: str
    row: Row


def matters_of(kind: str, found: Mapping[str, Any]) -> list[Matter]:
    """What an answer of a kind of analysis (`kinds.KINDS`) calls for; nothing of a kind that accuses nobody."""
    reader = _READERS.get(kind)
    return [] if reader is None else list(reader(found))


def by_provider(matters: Sequence[Matter]) -> dict[str | None, list[Matter]]:
    """Matters of each provider, in the order of the answer."""
    found: dict[str | None, list[Matter]] = {}
    for one in matters:
        found.setdefault(one.provider, []).append(one)
    return found


def headline(matters: Sequence[Matter]) -> str:
    """The first of some matters, and how many more there are."""
    more = len(matters) - 1
    return matters[0].said if not more else f"{matters[0].said} And {more} more of the same answer."


def _conflicts(found: Mapping[str, Any]) -> Iterator[Matter]:
    for row in found["findings"]:
        if row["verdict"] == AT_COST:
            whose = f"{row['provider']}, orders that rest" if row["orders"] == RESTING else row["provider"]
            head = f"{whose}, {row['kind']}: {AT_COST}"
            said = next((one for one in found["sentences"] if one.startswith(head)), f"{head}.")
            yield Matter(row["provider"], said, row)


def _leakage(found: Mapping[str, Any]) -> Iterator[Matter]:
    for row in found["questions"]:
        yield Matter(row["provider"], f"Question to {row['provider']}: {row['text']}", row)


def _answers(found: Mapping[str, Any]) -> Iterator[Matter]:
    for row in found["checks"]:
        if row["result"] == CONTRADICTED:
            said = f"{found['provider']}: answer {row['question_id']} is contradicted by the record: {row['why']}."
            yield Matter(found["provider"], said, row)


def _changes(found: Mapping[str, Any]) -> Iterator[Matter]:
    for row in found["changes"]:
        if row["status"] == UNANNOUNCED:
            moved = row["moved"][0]
            said = (
                f"{row['provider']}, {row['order_class'].replace('_', ' ')}: {UNANNOUNCED} on {row['on']}, "
                f"{moved['venue']} from {moved['before']:.1%} to {moved['after']:.1%}."
            )
            yield Matter(row["provider"], said, row)


def _compared(found: Mapping[str, Any]) -> Iterator[Matter]:
    if found["verdict"] == WORSE:
        said = f"{found['subject']} is worse than {found['against']} in {found['metric']}, like with like."
        kept = ("metric", "subject", "against", "verdict", "estimate", "lower", "upper", "unit", "n")
        yield Matter(_provider(found), said, {name: found[name] for name in kept})


def _cells(found: Mapping[str, Any]) -> Iterator[Matter]:
    for row in found["cells"]:
        if row["verdict"] == WORSE:
            where = ", ".join(str(row[name]) for name in found["by"])
            said = f"{found['subject'] or 'The flow'} at {where} is worse than {found['against']} in {found['metric']}."
            provider = row["provider"] if "provider" in found["by"] else _provider(found)
            yield Matter(provider, said, row)


def _provider(found: Mapping[str, Any]) -> str | None:
    """Whose flow the subject is."""
    subject = str(found["subject"] or "")
    named = subject.removeprefix(OF_PROVIDER) if subject.startswith(OF_PROVIDER) else found["provider"]
    return str(named) if named else None


_READERS: dict[str, Callable[[Mapping[str, Any]], Iterator[Matter]]] = {
    "conflicts": _conflicts,
    "leakage": _leakage,
    "routing_answers": _answers,
    "routing_changes": _changes,
    "compare": _compared,
    "grid": _cells,
}
