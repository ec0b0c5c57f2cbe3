"""Procedures: proposed from a text or a template, shown as in force on a day, sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import act
from routeproof.app.objects.fold import object_of
from routeproof.app.objects.governed import ids_of
from routeproof.app.objects.kept import readable
from routeproof.governance.wsp import WSP, Edition, Procedure
from routeproof.policy.procedures import Sentence, sentences_of
from routeproof.stores.shipped_procedures import load_template
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import market_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context


@dataclass(frozen=True, slots=True)
class InForce:
    """A procedure as it is in force on a day: its version, and the text's sentences.

    Attributes:
        sentences: in order; without words where the text has expired.
    """

    id: str
    edition: Edition
    version_hash: str
    ledger_index: int
    sentences: tuple[Sentence, ...]

    def controls(self, sentence: str) -> tuple[str, ...]:
        """Controls that a sentence is bound to."""
        return tuple(self.edition.bindings.get(sentence, ()))


def propose_procedure(context: Context, procedure: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Propose a version; with `template` alone, the shipped one as it stands.

    Raises:
        UsageError: an unknown template, a body without a text.
        RefusalError: as the decider.
    """
    given = dict(body)
    name = given.get("template")
    if name is not None:
        template = load_template(str(name))
        unchanged = given.get("text", template.text) == template.text
        given = {"title": template.title, "text": template.text, "bindings": template.bindings, **given}
        given["template"] = name if unchanged else None
    if isinstance(text := given.get("text"), str):
        given["sentences"] = [sentence.id for sentence in sentences_of(text)]
        if not given["sentences"]:
            message = "expected a text with sentences, found headings, quotations and nothing else"
            raise UsageError(message, where="text")
    return act(context, WSP, procedure, "propose", given)


def procedures_in_force(context: Context, day: date) -> list[InForce]:
    """Every procedure in force on a day, with its text as far as it is kept."""
    found = []
    for procedure in ids_of(context.records, WSP):
        version = object_of(context.records, WSP, procedure)
        if version is None or (edition := version.state.in_force(day)) is None:
            continue
        sentences = _sentences(context, version.state, edition)
        found.append(InForce(procedure, edition, version.version_hash, version.ledger_index, sentences))
    return found


def _sentences(context: Context, state: Procedure, edition: Edition) -> tuple[Sentence, ...]:
    """The sentences of a version; where the text has expired their marks are left."""
    if context.evidence.has(edition.text):
        return sentences_of(_text(context, state, edition))
    return tuple(Sentence(mark, "(expired)", "", 0) for mark in edition.sentences)


def _text(context: Context, state: Procedure, edition: Edition) -> str:
    return readable(state, context.evidence).editions[edition.number - 1].text


def procedures_shown(context: Context, day: date) -> dict[str, Any]:
    """What is in force on a day: text, bindings and coverage."""
    return {"on": day.isoformat(), "procedures": [_shown(context, item) for item in procedures_in_force(context, day)]}


def _entered(edition: Edition) -> str:
    """What a reader must know of an approval that was entered on another day than the one it gives; else empty."""
    if edition.approved_at is None or edition.approved_on is None:
        return ""
    entered = market_day(edition.approved_at)
    days = (entered - edition.approved_on).days
    late = " and after it took effect" if entered > edition.effective_from else ""
    return f"entered {days} day{'s' * (days != 1)} after, on {entered}{late}" if days > 0 else ""


def _shown(context: Context, item: InForce) -> dict[str, Any]:
    version = object_of(context.records, WSP, item.id)
    edition = item.edition
    unbound = [sentence.id for sentence in item.sentences if not item.controls(sentence.id)]
    return {
        "id": item.id,
        "title": edition.title,
        "state": "in_force",
        "procedure_version": edition.number,
        "effective_from": edition.effective_from.isoformat(),
        "proposed_by": edition.by,
        "approved_by": edition.approved_by,
        "approved_on": edition.approved_on.isoformat() if edition.approved_on else None,
        "entered": _entered(edition),
        "template": edition.template,
        "version": version.number if version else None,
        "version_hash": item.version_hash,
        "ledger_index": item.ledger_index,
        "text_sha256": edition.text,
        "text": _text(context, version.state, edition) if version else "",
        "sentences": [
            {"id": one.id, "heading": one.heading, "text": one.text, "controls": list(item.controls(one.id))}
            for one in item.sentences
        ],
        "coverage": {
            "sentences": len(item.sentences),
            "bound": len(item.sentences) - len(unbound),
            "unbound": unbound,
        },
    }
