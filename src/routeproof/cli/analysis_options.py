"""Options and lines that the analyses share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.options import day_option, json_option, workspace_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DIGITS = 6


def analysis_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--from, --to, --provider, --manifest, --seed, --workspace, --json`."""
    for option in reversed(
        (
            day_option("--from", "first", words="First trading day."),
            day_option("--to", "last", words="Last trading day."),
            click.option("--provider", help="Only this provider's orders."),
            click.option("--manifest", help="As known at this commit."),
            click.option("--seed", type=int, help="Of everything drawn; that of policy if omitted."),
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
        yield f"  smallest effect that would have been found 8 times in 10: {answer['detectable']:.{DIGITS}g}"
    for said in answer["assumptions"]:
        yield f"  assumes: {said}"


def _number(answer: dict[str, Any]) -> str:
    bounds = f"[{answer['lower']:.{DIGITS}g}, {answer['upper']:.{DIGITS}g}]"
    return bounds if answer["estimate"] is None else f"{answer['estimate']:.{DIGITS}g} {bounds}"
