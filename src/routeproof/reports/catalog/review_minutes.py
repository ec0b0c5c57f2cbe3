"""Minutes of a review: who met over which pack, what was considered, found, decided, voted and signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.reports.document import (
    Block,
    Callout,
    Column,
    Document,
    Paragraph,
    ProvenanceBlock,
    Row,
    Section,
    Table,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date


def review_minutes(
    review: Mapping[str, Any],
    name_of: Callable[[str], str],
    *,
    firm: str,
    dated_on: date,
    version: str,
    log: Sequence[tuple[str, str]],
) -> Document:
    """The minutes as a document.

    Args:
        review: as `review show` gives it.
        name_of: full name of a person of the roster.
        firm: whose review it is.
        dated_on: when it was closed, or last changed.
        version: of the program.
        log: checkpoint of the ledger, label by label.
    """
    sections = (
        _section("meeting", "Meeting", _meeting(review, name_of)),
        _section("predictions", "What was predicted a quarter ago", _predictions(review)),
        _section("factors", "Factors considered", [_factors(review)]),
        _section("decisions", "Findings and decisions", _decisions(review)),
        _section("votes", "Votes", _votes(review, name_of)),
        _section("discussion", "Questions, and whether a quarter is often enough", _discussion(review, name_of)),
        _section("minutes", "Minutes", _minutes(review)),
        _section("signatures", "Signatures", _signatures(review, name_of)),
        _section("later", "After closing", _later(review, name_of)),
        _section("provenance", "Provenance", [ProvenanceBlock(entries=(*_pinned(review), *log))]),
    )
    return Document(
        title=f"Minutes of the review {review['quarter']}",
        subtitle=f"Provider {review['provider']} · {review['id']} · {review['state']}",
        dated_on=dated_on,
        version=version,
        digest=review["version_hash"],
        meta={"firm": firm, "provider": review["provider"], "period": review["quarter"]},
        sections=tuple(section for section in sections if section.blocks),
        extra={},
    )


def _section(section_id: str, title: str, blocks: Iterable[Block]) -> Section:
    return Section(id=section_id, title=title, blocks=tuple(blocks))


def _table(table_id: str, caption: str, columns: Sequence[tuple[str, float]], rows: Iterable[Sequence[str]]) -> Table:
    """A table of words; a column is its title and its share of the width."""
    return Table(
        id=table_id,
        columns=tuple(
            Column(id=f"{table_id}-{place}", title=title, weight=weight)
            for place, (title, weight) in enumerate(columns)
        ),
        rows=tuple(
            Row(id=f"{table_id}-{place}", cells=tuple(words(text) for text in row)) for place, row in enumerate(rows)
        ),
        caption=caption,
    )


def _meeting(review: Mapping[str, Any], name_of: Callable[[str], str]) -> list[Block]:
    there = ", ".join(name_of(person) for person in review["attendance"]) or "nobody is recorded"
    quorum = review["quorum"]
    blocks: list[Block] = []
    if review["state"] != "closed":
        blocks.append(Callout(tone="draft", title="Draft", text="This review is open; nothing in it is final."))
    if review["warnings"]:
        blocks.append(Callout(tone="warning", title="To be known", text=_sentences(review["warnings"])))
    blocks.append(Paragraph(text=f"Present: {there}.", style="lead"))
    blocks.append(Paragraph(text=f"Signatures that count: {quorum['signed']}; needed: {quorum['needed']}."))
    if review["supersedes"]:
        said = f"In place of {review['supersedes']}, because: {review['reason']}"
        blocks.append(Paragraph(text=said))
    if review["agenda"]:
        rows = [(str(place), item) for place, item in enumerate(review["agenda"], 1)]
        blocks.append(_table("agenda", "Agenda", (("", 0.2), ("Item", 6.0)), rows))
    aside = [(name_of(item["person"]), item["reason"]) for item in review["recusals"]]
    aside += [(name_of(one), f"declared conflict {', '.join(ids)}") for one, ids in review["conflicts"].items()]
    if aside:
        blocks.append(_table("aside", "Who stands aside", (("Member", 1.5), ("Why", 4.5)), aside))
    return blocks


def _sentences(texts: Iterable[str]) -> str:
    return " ".join(f"{text[:1].upper()}{text[1:]}." for text in texts)


def _predictions(review: Mapping[str, Any]) -> list[Block]:
    outcome = {"hit": "✓ hit", "miss": "✗ miss", "cannot_tell": "? cannot tell"}
    rows = [
        (
            f"{item['review']} {item['finding']}",
            f"{item['metric']}: {item['option']}" if item.get("option") else item["metric"],
            _number(item["predicted"], item.get("predicted_lower"), item.get("predicted_upper")),
            _number(item["measured"], *((item["lower"], item["upper"]) if item["predicted"] is None else (None, None))),
            f"{outcome[item['outcome']]}: {item['reason']}",
        )
        for item in review["predictions"]
    ]
    if not rows:
        return [Paragraph(text="The quarter before predicted nothing.")]
    columns = (("Finding", 1.2), ("Metric", 2.0), ("Predicted", 0.9), ("Measured", 0.9), ("Outcome", 2.4))
    return [_table("predictions", "Predictions and what became of them", columns, rows)]


def _number(value: float | None, lower: float | None, upper: float | None) -> str:
    """A number, bounds where nothing else is known, or a dash."""
    if value is not None:
        return f"{value:g}"
    return "—" if lower is None or upper is None else f"{lower:g} to {upper:g}"


def _factors(review: Mapping[str, Any]) -> Table:
    rows = [
        (
            item["title"],
            "yes" if item["considered"] else "no",
            "; ".join(part for part in (_plain(item["evidence"]), item["text"] or "") if part) or "—",
            f"{item['citation']}{' (unconfirmed)' if item['unconfirmed'] else ''}",
        )
        for item in review["factors"]
    ]
    columns = (("Factor", 2.6), ("Considered", 0.8), ("Evidence", 2.4), ("Source", 1.4))
    return _table("factors", "Every factor of the rule", columns, rows)


def _plain(value: Any) -> str:  # noqa: ANN401  # JSON
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(item)}" for name, item in value.items())
    return str(value)


def _decisions(review: Mapping[str, Any]) -> list[Block]:
    decided = {item["finding"]: item for item in review["decisions"]}
    if not review["findings"]:
        return [Paragraph(text="Nothing was found that asks for a decision.")]
    blocks: list[Block] = []
    for finding in review["findings"]:
        decision = decided.get(finding["id"])
        blocks.append(Paragraph(text=f"{finding['id']}: {finding['text']}", style="lead"))
        if decision is None:
            blocks.append(Paragraph(text="Not decided."))
            continue
        blocks.append(Paragraph(text=_decided(decision)))
        if decision["options"]:
            columns = (("Option", 2.2), ("Estimate", 1.6), ("Kind", 1.0), ("Note", 1.8))
            rows = [_option(option, decision["chosen"]) for option in decision["options"]]
            blocks.append(_table(f"options-{finding['id']}", "Options considered", columns, rows))
    return blocks


def _decided(decision: Mapping[str, Any]) -> str:
    if decision["choice"] == "modify":
        predicted = decision["predicted"]
        effect = f"{predicted['metric']} becomes {predicted['value']:g}" if predicted else "no effect is predicted"
        said = f"Decision: modify routing. Predicted: {effect}; look back on {decision['look_back_on'] or 'no day'}."
    else:
        said = "Decision: routing stays, justified."
    return f"{said} Rationale: {decision['rationale']}" if decision["rationale"] else said


def _option(option: Mapping[str, Any], chosen: str | None) -> tuple[str, str, str, str]:
    estimate = option["estimate"]
    value = "—" if estimate["value"] is None else f"{estimate['value']:g} {estimate['unit']}".strip()
    if estimate["lower"] is not None and estimate["upper"] is not None:
        value += f" [{estimate['lower']:g}, {estimate['upper']:g}]"
    note = "; ".join(part for part in (estimate["metric"], estimate["source"], option["text"] or "") if part)
    name = f"{option['name']} (chosen)" if option["name"] == chosen else option["name"]
    return name, value, estimate["kind"], note


def _votes(review: Mapping[str, Any], name_of: Callable[[str], str]) -> list[Block]:
    rows = [
        (item["finding"], name_of(item["person"]), f"{item['vote']}{_not_own(item)}", item["reason"] or "")
        for item in review["votes"]
    ]
    if not rows:
        return []
    columns = (("Finding", 0.8), ("Member", 1.6), ("Vote", 0.8), ("In their words", 3.0))
    return [_table("votes", "Votes, dissents among them", columns, rows)]


def _not_own(vote: Mapping[str, Any]) -> str:
    """A mark of a vote that the member did not record."""
    return "" if vote["own"] else ", recorded for them"


def _discussion(review: Mapping[str, Any], name_of: Callable[[str], str]) -> list[Block]:
    blocks: list[Block] = []
    rows = [
        (item["id"], name_of(item["by"]) if item["by"] else "", item["text"], item["answer"] or "no answer yet")
        for item in review["questions"]
    ]
    if rows:
        columns = (("", 0.4), ("By", 1.0), ("Question", 2.6), ("Answer", 2.6))
        blocks.append(_table("questions", "Questions", columns, rows))
    enough = review["quarterly_enough"]
    answer = "not answered" if enough is None else f"{'yes' if enough['answer'] else 'no'}. {enough['reason']}"
    return [*blocks, Paragraph(text=f"Is a quarterly review enough? {answer}")]


def _minutes(review: Mapping[str, Any]) -> list[Block]:
    text = review["minutes"] or "No minutes are recorded."
    return [Paragraph(text=part.strip()) for part in text.split("\n\n") if part.strip()]


def _signatures(review: Mapping[str, Any], name_of: Callable[[str], str]) -> list[Block]:
    late = {step["index"]: step["note"] for step in review.get("history", ())}
    rows = [
        (
            name_of(item["person"]),
            item["role"],
            item["on"],
            item["version_hash"][:16],
            "; ".join(part for part in ("counts" if item["counts"] else item["why"], late.get(item["index"])) if part),
            str(item["index"]),
        )
        for item in (*review["signatures"], *_counter(review))
    ]
    if not rows:
        return [Paragraph(text="Nobody has signed.")]
    columns = (("Name", 1.5), ("Role", 1.0), ("On", 0.9), ("Version", 1.5), ("", 1.5), ("Entry", 0.6))
    return [_table("signatures", "Signatures over the exact version seen", columns, rows)]


def _counter(review: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{**item, "counts": False, "why": "countersigned"} for item in review["countersigned"]]


def _later(review: Mapping[str, Any], name_of: Callable[[str], str]) -> list[Block]:
    rows = [
        (
            item["id"],
            item["on"],
            item["text"],
            ", ".join(name_of(person) for person in item["acknowledged"]) or "nobody",
            ", ".join(name_of(person) for person in item["outstanding"]) or "nobody",
        )
        for item in review["addenda"]
    ]
    changes = [f"{item['figure']}: {item['old']} → {item['new']}" for item in review["later_changes"]]
    blocks: list[Block] = []
    if rows:
        columns = (("", 0.4), ("On", 0.9), ("Addendum", 3.0), ("Acknowledged by", 1.2), ("Outstanding", 1.2))
        blocks.append(_table("addenda", "Addenda", columns, rows))
    if changes:
        blocks.append(Paragraph(text=f"Changed below materiality since: {'; '.join(changes)}.", style="note"))
    if review["superseded_by"]:
        blocks.append(Paragraph(text=f"Superseded by {review['superseded_by']}."))
    return blocks


def _pinned(review: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    files = tuple((name, sha256) for name, sha256 in sorted(review["pack_files"].items()))
    return (
        ("Version", f"{review['version']}, hash {review['version_hash']}"),
        ("Ledger entry", str(review["ledger_index"])),
        ("Pack digest", review["pack_digest"]),
        *files,
    )
