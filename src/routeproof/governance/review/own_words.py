"""What members said of themselves in a review, votes and recusals: nobody else changes it or takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.governance.decider import Command, refuse
from routeproof.governance.review.bodies import key_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from routeproof.governance.review.bodies import Recording
    from routeproof.governance.review.state import Review

OF_PERSONS = ("recusals", "votes")
"""Parts of a recording that speak of a member, who may say them or have them said."""


def require_own_words(review: Review, command: Command) -> None:
    """Refuse a change of what a member said by themself.

    A form sends all of it again; the same vote sent by somebody else changes nothing, neither do the words with it.

    Raises:
        RefusalError: `not_permitted`, naming the member.
    """
    for key, person in _changed(review, command.body):
        if key in review.own_words and person != command.by:
            refuse("not_permitted", f"{person} said this by themself, and changes it alone", where=key)
    voted = {key.removeprefix("votes ").partition("/")[0] for key in review.own_words if key.startswith("votes ")}
    stood_aside = {item.person for item in review.recusals}
    for item in command.body.recusals:
        if item.person in voted - stood_aside and item.person != command.by:
            refuse("not_permitted", f"{item.person} has voted by themself: who stands aside says so", where=item.person)


def own_words_after(review: Review, body: Recording, by: str) -> tuple[str, ...]:
    """Keys of what members said by themselves, once a recording by somebody is in."""
    kept = dict.fromkeys(review.own_words)
    for name in OF_PERSONS:
        for item in getattr(body, name):
            key = f"{name} {key_of(name, item)}"
            if item.person == by:
                kept[key] = None
            elif not _stands(review, name, item):
                kept.pop(key, None)
        for removed in _removed(body, name):
            kept.pop(f"{name} {removed}", None)
    return tuple(kept)


def _changed(review: Review, body: Recording) -> Iterator[tuple[str, str]]:
    """Key and member of each vote and recusal that a recording changes or takes out."""
    for name in OF_PERSONS:
        for item in getattr(body, name):
            if not _stands(review, name, item):
                yield f"{name} {key_of(name, item)}", item.person
        for removed in _removed(body, name):
            yield f"{name} {removed}", removed.partition("/")[0]


def _stands(review: Review, name: str, item: Any) -> bool:  # noqa: ANN401  # one of the parts
    """Whether the member said the same already; a text is compared by nobody, since only its hash is kept."""
    key, vote = key_of(name, item), getattr(item, "vote", None)
    return any(key_of(name, old) == key and getattr(old, "vote", None) == vote for old in getattr(review, name))


def of_others(review: Review, name: str, item: Any, by: str) -> bool:  # noqa: ANN401  # one of the parts
    """Whether an item is what another member said by themself, which stays in their words."""
    return name in OF_PERSONS and item.person != by and f"{name} {key_of(name, item)}" in review.own_words


def _removed(body: Recording, name: str) -> Collection[str]:
    found: Collection[str] = body.remove.get(name, ())  # type: ignore[call-overload]  # OF_PERSONS are its words
    return found
