"""`routeproof leakage`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.analysis_options import Given, analysis_options, answer_lines
from routeproof.cli.printing import print_found, table_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_COLUMNS = ("provider", "phase", "venue", "outcome", "events", "effect", "detectable", "placebo", "others", "tells")
_TITLES = {"by_venue": "By venue", "blocks": "Block orders"}


@click.command()
@analysis_options
def leakage(given: Given) -> None:
    """See whether quotes move away after own orders arrive, are routed and are filled, beyond matched controls.

    Each effect is a difference in differences with its interval, what would have been found, a placebo window before
    the event, and the same at other venues. It is evidence for a question to the provider, never proof of one cause.

    Example: routeproof leakage --from 2026-07-01 --to 2026-09-30 --provider ACME
    """
    from routeproof.app.analysis.leakage.run import leakage as look  # noqa: PLC0415
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(given.workspace) as context:
        found = look(context, given.span())
    print_found(found, _lines, as_json=given.as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield from answer_lines(found["answers"][0])
    for name, title in _TITLES.items():
        if found[name]:
            yield ""
            yield title
            yield from table_lines(_COLUMNS, _shown(found[name]), widest=36)
    yield ""
    yield from (f"Ask {item['provider']}: {item['text']}" for item in found["questions"])
    if not found["questions"]:
        yield from (f"{said} {found['caution']}" for said in found["sentences"])


def _shown(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **{name: row[name] for name in ("provider", "phase", "venue", "events")},
            "outcome": f"{row['outcome']}, {row['unit']}",
            "effect": _interval(row),
            "detectable": None if row["detectable"] is None else f"{row['detectable']:.3f}",
            "placebo": _interval(row["placebo"]),
            "others": None if row["others"] is None else f"{row['others']['estimate']:.3f}",
            "tells": row["tells"] or row["reason"],
        }
        for row in rows
    ]


def _interval(found: Mapping[str, Any] | None) -> str | None:
    if found is None or found["estimate"] is None:
        return None
    return f"{found['estimate']:.3f} [{found['lower']:.3f}, {found['upper']:.3f}]"
