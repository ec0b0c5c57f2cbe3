"""The configuration on file beside what the router did: venues, shares and the ranking that it states."""

from __future__ import annotations

import re
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


def beside_settings(settings: Mapping[str, Sequence[str]], firsts: Sequence[Row], places: Sequence[Row]) -> list[Row]:
    """`setting, stated, observed, result` of each setting that says where orders go.

    Args:
        settings: see `settings_of`.
        firsts: a provider's rows of `ranked.first_venues`, judged classes.
        places: its rows of `ranked.rankings`, judged classes as a whole.
    """
    rows = []
    if settings.get(VENUES):
        used = sorted({row["venue"] for row in firsts})
        other = [venue for venue in used if venue not in settings[VENUES]]
        rows.append(_row(VENUES, settings[VENUES], used, CONTRADICTED if other else SUPPORTED))
    for name in sorted(settings):
        if name.startswith(SHARE):
            rows += _share(name, settings[name], firsts)
    if len(settings.get(RANKING, ())) > 1:
        rows += _ranking(settings[RANKING], places)
    return rows


def _row(setting: str, stated: object, observed: object, result: str) -> Row:
    return {"setting": setting, "stated": stated, "observed": observed, "result": result}


def _share(name: str, words: Sequence[str], firsts: Sequence[Row]) -> list[Row]:
    venue = name.removeprefix(SHARE)
    try:
        stated = float(words[0])
    except (IndexError, ValueError):
        return [_row(name, list(words), None, CANNOT_TELL)]
    rows = []
    for row in firsts:
        if row["venue"] == venue:
            known = row["lower"] is not None
            inside = known and row["lower"] <= stated <= row["upper"]
            result = CANNOT_TELL if not known else SUPPORTED if inside else CONTRADICTED
            rows.append(_row(f"{name}, {row['order_class']}", stated, row["share"], result))
    return rows or [_row(name, stated, 0.0, CONTRADICTED if stated > 0 else SUPPORTED)]


def _ranking(stated: Sequence[str], places: Sequence[Row]) -> list[Row]:
    """Contradicted where a venue stated later is tried earlier beyond chance: the ranges of their ranks do not meet."""
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
        found = wrong or [row["venue"] for row in sorted(own.values(), key=lambda item: item["rank"])]
        result = CANNOT_TELL if len(known) < 2 else CONTRADICTED if wrong else SUPPORTED  # noqa: PLR2004 a pair
        rows.append(_row(f"{RANKING}, {order_class}", list(stated), found, result))
    return rows
