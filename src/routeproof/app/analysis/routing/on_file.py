"""The configuration on file beside what the router did: venues, shares and the ranking that it states."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.governed import objects_of
from routeproof.governance.config import CONFIG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.stores.records import Records

Row = dict[str, Any]
SUPPORTED, CONTRADICTED, CANNOT_TELL = "supported", "contradicted", "cannot tell"
_PLACE = re.compile(r"\[(\d+)\]$")
SHARE = "routing_share."
RANKING, VENUES = "venue_ranking", "routed_venues"


def settings_of(records: Records, provider: str, day: date) -> dict[str, list[str]]:
    """Approved settings of a provider in force on a day: name to words, lists in their order."""
    found: dict[str, list[tuple[int, str]]] = {}
    for config in objects_of(records, CONFIG):
        version = config.in_force(day) if config.provider == provider else None
        for name, value in version.settings.items() if version is not None else ():
            place = _PLACE.search(name)
            words = [word for word in re.split(r"[,\s>]+", str(value)) if word]
            at = int(place.group(1)) if place else 0
            found.setdefault(_PLACE.sub("", name), []).extend((at, word) for word in words)
    return {name: [word for _, word in sorted(words, key=lambda item: item[0])] for name, words in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a router did with orders of judged classes.

    Attributes:
        routed: venues that any of them was sent to, at whatever place.
        firsts: a provider's rows of `ranked.first_venues`.
        places: its rows of `ranked.rankings`, order classes as a whole.
        margin: a share that differs by less than this is as stated.
        confidence: of the intervals.
    """

    routed: Sequence[str]
    firsts: Sequence[Row]
    places: Sequence[Row]
    margin: float
    confidence: float


def beside_settings(settings: Mapping[str, Sequence[str]], done: Done) -> list[Row]:
    """`setting, stated, observed, result` of each setting that says where orders go; `settings`: see `settings_of`.

    Where nothing was seen, or too little, the result is `cannot tell`.
    """
    rows = []
    if settings.get(VENUES):
        other = [venue for venue in done.routed if venue not in settings[VENUES]]
        result = CONTRADICTED if other else SUPPORTED if done.routed else CANNOT_TELL
        rows.append(_row(VENUES, settings[VENUES], list(done.routed), result))
    for name in sorted(settings):
        if name.startswith(SHARE):
            rows += _share(name, settings[name], done)
    if len(settings.get(RANKING, ())) > 1:
        rows += _ranking(settings[RANKING], done.places)
    return rows


def _row(setting: str, stated: object, observed: object, result: str) -> Row:
    return {"setting": setting, "stated": stated, "observed": observed, "result": result}


def _share(name: str, words: Sequence[str], done: Done) -> list[Row]:
    """A share by order class; supported where its whole interval lies within the margin of what is stated."""
    venue = name.removeprefix(SHARE)
    try:
        stated = float(words[0])
    except (IndexError, ValueError):
        return [_row(name, list(words), None, CANNOT_TELL)]
    rows = []
    for order_class in sorted({row["order_class"] for row in done.firsts}):
        own = [row for row in done.firsts if row["order_class"] == order_class]
        found = next((row for row in own if row["venue"] == venue), None)
        result = _never(stated, own[0]["days"], done) if found is None else _about(stated, found, done.margin)
        rows.append(_row(f"{name}, {order_class}", stated, 0.0 if found is None else found["share"], result))
    return rows or [_row(name, stated, None, CANNOT_TELL)]


def _about(stated: float, found: Row, margin: float) -> str:
    lower, upper = found["lower"], found["upper"]
    if lower is None:
        return CANNOT_TELL
    if not lower <= stated <= upper:
        return CONTRADICTED
    return SUPPORTED if stated - margin <= lower and upper <= stated + margin else CANNOT_TELL


def _never(stated: float, days: int, done: Done) -> str:
    """A venue that no order tried first on any day.

    Where a share is meant, no order of a day goes there with a chance of at most one less that share, however orders
    of a day hang together; so many days without any are then too unlikely, or are not.
    """
    if stated <= 0:
        return SUPPORTED
    return CONTRADICTED if (1.0 - min(stated, 1.0)) ** days <= 1.0 - done.confidence else CANNOT_TELL


def _ranking(stated: Sequence[str], places: Sequence[Row]) -> list[Row]:
    """Contradicted where a venue stated later comes first more often beyond chance: their ranks do not meet.

    Supported where each comes first more often than the next, beyond chance.
    """
    rows = []
    for order_class in sorted({row["order_class"] for row in places}):
        own = {row["venue"]: row for row in places if row["order_class"] == order_class}
        known = [venue for venue in stated if venue in own]
        wrong = [
            f"{later} before {earlier}"
            for number, earlier in enumerate(known)
            for later in known[number + 1 :]
            if own[later]["worst_rank"] < own[earlier]["best_rank"]
        ]
        sure = known == list(stated) and all(
            own[earlier]["worst_rank"] < own[later]["best_rank"] for earlier, later in pairwise(known)
        )
        found = wrong or [row["venue"] for row in sorted(own.values(), key=lambda item: item["rank"])]
        rows.append(
            _row(
                f"{RANKING}, {order_class}",
                list(stated),
                found,
                CONTRADICTED if wrong else SUPPORTED if sure else CANNOT_TELL,
            )
        )
    return rows or [_row(RANKING, list(stated), None, CANNOT_TELL)]
