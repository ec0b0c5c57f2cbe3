"""An analysis's answer as evidence: found again by its address, held to its digest, and filed with what it led to."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from routeproof.app.access.matrix import matrix_in_force, may
from routeproof.app.access.reach import limits_of
from routeproof.app.analysis.ground import Span
from routeproof.app.analysis.kept import analysis_kept
from routeproof.app.analysis.kinds import BY_NAME
from routeproof.app.analysis.matters import Matter, by_provider, headline, matters_of
from routeproof.app.objects.fold import roster_of
from routeproof.app.objects.refusals import record_refusal
from routeproof.governance.decider import RefusalError
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routeproof.app.analysis.kinds import Kind
    from routeproof.app.context import Context

SEEN = "view.measures"
OF_SPAN = ("provider", "from", "to", "manifest", "seed")
HINT = "such as conflicts?provider=P2&from=2026-07-01&to=2026-09-30"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAnswer:
    """An answer, and the document that it is filed as.

    Attributes:
        kind: of the analysis.
        address: how it was asked, as on its page.
        found: what it said.
        document: question and answer as JSON, with sorted keys: the same bytes for the same answer.
    """

    kind: Kind
    address: str
    found: Mapping[str, Any]
    document: bytes

    @property
    def sha256(self) -> str:
        """Of the document."""
        return hashlib.sha256(self.document).hexdigest()

    @property
    def reference(self) -> str:
        """Address and digest: what goes on record."""
        return f"{self.address}#{self.sha256}"

    @property
    def matters(self) -> dict[str | None, list[Matter]]:
        """What it calls for, by provider."""
        return by_provider(matters_of(self.kind.name, self.found))

    @property
    def quarter(self) -> str:
        """The quarter of its last day."""
        last = date.fromisoformat(self.found["to"])
        return f"{last.year}Q{(last.month + 2) // 3}"


def held(kind: Kind, span: Span, given: Mapping[str, str], found: Mapping[str, Any]) -> HeldAnswer:
    """An answer that was just given; `given` as `Kind.given` has it."""
    address = address_of(kind, span, given)
    whole = {"analysis": kind.name, "asked": address, "answer": found}
    document = json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1, default=str).encode()
    return HeldAnswer(kind=kind, address=address, found=found, document=document)


def address_of(kind: Kind, span: Span, given: Mapping[str, str]) -> str:
    """How an analysis is asked, in one line: `KIND?from=…&provider=…&to=…`, parts by name."""
    said = {"provider": span.provider, "from": span.first, "to": span.last, "manifest": span.manifest}
    parts = {**given, **said, "seed": span.seed}
    return f"{kind.name}?{urlencode(sorted((name, str(value)) for name, value in parts.items() if value))}"


def answer_at(context: Context, reference: str) -> HeldAnswer:
    """The answer that an address names, made now unless it is kept.

    Raises:
        UsageError: no such analysis, or another answer than the one whose digest stands behind `#`.
        RefusalError: `not_permitted`, if who acts may not see measures of these days.
        RouteproofError: whatever the analysis said.
    """
    address, _, sha256 = reference.partition("#")
    kind, span, given = _asked(address)
    _require_sight(context, span)
    found = analysis_kept(context, kind, span, given)
    assert isinstance(found, dict)  # noqa: S101  # it was waited for
    answer = held(kind, span, given, found)
    if sha256 and sha256 != answer.sha256:
        message = f"expected the answer that was seen ({sha256[:12]}), found {answer.sha256[:12]}: look again"
        raise UsageError(message, where="answer")
    return answer


@contextmanager
def with_answer(context: Context, body: Mapping[str, Any], opening: str) -> Iterator[dict[str, Any]]:
    """The body of an opening, with what the answer that it names fills in and the answer's document among its evidence.

    What the body says itself stands.

    Args:
        context: the workspace.
        body: of what is opened; `answer` is an address, with a digest or without.
        opening: `case` or `remediation`.

    Raises:
        UsageError: the answer calls for nothing, or for something of several providers of which none is named.
        RouteproofError: as `answer_at`.
    """
    answer = answer_at(context, str(body["answer"]))
    provider, matters = _of_one(answer, body.get("provider"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"analysis-{answer.kind.name}.json"
        path.write_bytes(answer.document)
        evidence = [*body.get("evidence", ()), str(path)]
        filled = opening_of(answer, provider, matters, opening)
        yield {**filled, **body, "answer": answer.reference, "evidence": evidence}


def opening_of(answer: HeldAnswer, provider: str | None, matters: list[Matter], opening: str) -> dict[str, Any]:
    """What an answer fills in of a case or a remediation of a provider, without its document."""
    said = headline(matters)
    if opening == "remediation":
        whole = " ".join(one.said for one in matters)
        about = {"quarter": answer.quarter, "finding": f"analysis {answer.kind.name}", "summary": whole}
    else:
        rows = json.dumps([one.row for one in matters], ensure_ascii=False, default=str)
        about = {"kind": "surveillance", "title": said, "period": answer.quarter, "rows": rows}
        about |= {"subject": f"analysis {answer.kind.name}", "manifest": str(answer.found["manifest"])}
    return about | ({"provider": provider} if provider else {})


def _of_one(answer: HeldAnswer, named: object) -> tuple[str | None, list[Matter]]:
    """The provider whose matter it is, and what the answer says of it."""
    every = answer.matters
    of_named = {name: found for name, found in every.items() if named in (None, "") or name in (named, None)}
    if not of_named:
        whose = f" of {named}" if named else ""
        message = f"expected an answer that accuses, asks or contradicts, found none{whose}: there is nothing to open"
        raise UsageError(message, where="answer")
    if len(of_named) > 1:
        told = ", ".join(sorted(name or "several together" for name in of_named))
        message = f"expected one provider, found an answer about {told}: name one"
        raise UsageError(message, where="provider")
    ((provider, matters),) = of_named.items()
    return provider or (str(named) if named else None), matters


def _asked(address: str) -> tuple[Kind, Span, dict[str, str]]:
    name, _, query = address.partition("?")
    if name not in BY_NAME:
        message = f"expected an analysis ({', '.join(BY_NAME)}) with its question, {HINT}; found {address[:80]!r}"
        raise UsageError(message, where="answer")
    try:
        texts = dict(parse_qsl(query, strict_parsing=bool(query)))
        span = Span(
            provider=texts.get("provider"),
            first=_day(texts.get("from")),
            last=_day(texts.get("to")),
            manifest=texts.get("manifest"),
            seed=int(texts["seed"]) if "seed" in texts else None,
        )
    except ValueError as error:
        message = f"expected a question, {HINT}; found {query[:80]!r} ({error})"
        raise UsageError(message, where="answer") from error
    return BY_NAME[name], span, BY_NAME[name].given({key: text for key, text in texts.items() if key not in OF_SPAN})


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _require_sight(context: Context, span: Span) -> None:
    """Whoever files an answer may see it: by their roles, and the days that these reach."""
    name = context.acting.person if context.acting else ""
    person = roster_of(context.records).people.get(name)
    if context.acting is None or person is None:
        return  # who is nobody is refused by whatever is opened
    roles = person.roles(context.clock())
    reach = limits_of(context, name, roles)
    begins, ends = reach.from_on, reach.to_on
    is_within = (begins is None or (span.first or date.min) >= begins) and (
        ends is None or (span.last or date.max) <= ends
    )
    if not is_within or not may(matrix_in_force(context), SEEN, roles):
        message = f"expected a role that may see measures of these days, found {name} with {', '.join(roles) or '-'}"
        refusal = RefusalError("not_permitted", message)
        record_refusal(context.records, context.actor, context.acting.person, "analyses", "see", refusal)
        raise refusal
