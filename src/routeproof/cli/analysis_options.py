"""Options and lines that the analyses share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.options import day_option, json_option, workspace_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from routeproof.app.analysis.ground import Span

DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the options that all analyses share said."""

    first: date | None
    last: date | None
    provider: str | None
    manifest: str | None
    seed: int | None
    workspace: Path
    as_json: bool

    def span(self) -> Span:
        """What is asked of the record."""
        from routeproof.app.analysis.ground import Span  # noqa: PLC0415

        return Span(first=self.first, last=self.last, provider=self.provider, manifest=self.manifest, seed=self.seed)


def analysis_options(analysis: Callable[..., None]) -> Callable[..., Any]:
    """`--from, --to, --provider, --manifest, --seed, --workspace, --json`, handed over together as `given`."""

    @wraps(analysis)
    def command(*args: Any, **said: Any) -> None:  # noqa: ANN401  # whatever else the analysis asks for
        shared = {name: said.pop(name) for name in Given.__dataclass_fields__}
        analysis(*args, given=Given(**shared), **said)

    return _with_options(command)


def _with_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        (
            day_option("--from", "first", words="First trading day."),
            day_option("--to", "last", words="Last trading day."),
            click.option("--provider", help="Only this provider's orders."),
            click.option("--manifest", help="As known at this commit."),
            click.option("--seed", type=click.IntRange(min=0), help="Of everything drawn; that of policy if omitted."),
            workspace_option,
            json_option,
        )
    ):
        command = option(command)
    return command


def answer_lines(answer: dict[str, Any]) -> Iterator[str]:
    """An answer for people: what it is, the number with its interval or why there is none, and what it assumes."""
    yield f"{answer['estimand']}:"
    if answer["refused"]:
        yield f"  cannot tell: {answer['reason']} (n = {answer['n']:,} {answer['counted']})"
    else:
        yield f"  {_number(answer)} {answer['unit']}, n = {answer['n']:,} {answer['counted']}"
    if answer["detectable"] is not None:
        least = f"{answer['detectable']:.{DIGITS}g}"
        yield f"  smallest effect that would have been found 2 times in 3 or more often: {least}"
    for said in answer["assumptions"]:
        yield f"  assumes: {said}"


def _number(answer: dict[str, Any]) -> str:
    bounds = f"[{answer['lower']:.{DIGITS}g}, {answer['upper']:.{DIGITS}g}]"
    return bounds if answer["estimate"] is None else f"{answer['estimate']:.{DIGITS}g} {bounds}"
