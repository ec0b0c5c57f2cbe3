"""The certification report: what was run against a provider's test system, what was expected, what came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from routeproof.reports.document import (
    Block,
    Callout,
    Cell,
    Column,
    Document,
    KeyFigure,
    KeyFigures,
    Paragraph,
    ProvenanceBlock,
    Row,
    Section,
    Table,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

Plain = dict[str, Any]
PASSED = {True: "✓ passed", False: "✗ FAILED"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AS_EXPECTED = "so it is"
"""What a check of a whole script observes where it holds."""
NS_PER_US = 1_000
NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificationInputs:
    """What the report says, as plain values.

    Attributes:
        run: `{"provider", "configuration", "number", "passed", "session", "began_at", "ended_at", "scripts"}`, with
            instants in UTC nanoseconds as text and each script with its steps and checks.
        marks: text and account that every order carried.
        firm: legal entity.
        dated_on: business date.
        version: of the program.
        digest: SHA-256 of the results as they are kept.
    """

    run: Mapping[str, Any]
    marks: tuple[str, str]
    firm: str
    dated_on: date
    version: str
    digest: str


def certification_report(inputs: CertificationInputs) -> Document:
    """The whole report: pure, so that the same results give the same document."""
    run = inputs.run
    return Document(
        title=f"Certification of {run['provider']}: {'passed' if run['passed'] else 'failed'}",
        subtitle=f"{run['configuration']}, version {run['number']} · {inputs.firm} · {inputs.dated_on.isoformat()}",
        dated_on=inputs.dated_on,
        version=inputs.version,
        digest=inputs.digest,
        meta={
            "firm": inputs.firm,
            "provider": run["provider"],
            "configuration": run["configuration"],
            "number": run["number"],
            "digest": inputs.digest,
            "version": inputs.version,
        },
        sections=(
            _summary(inputs),
            *(_failures(run) if not run["passed"] else ()),
            *(_script(script) for script in run["scripts"]),
            _provenance(inputs),
        ),
        extra={"passed": run["passed"], "scripts": [_outcome(script) for script in run["scripts"]]},
    )


def _outcome(script: Plain) -> Plain:
    return {name: script[name] for name in ("script", "version", "sha256", "passed", "failed")}


def _summary(inputs: CertificationInputs) -> Section:
    run = inputs.run
    scripts, steps = run["scripts"], [step for script in run["scripts"] for step in script["steps"]]
    passed = sum(script["passed"] for script in scripts)
    played = [step for step in steps if not step["left_out"]]
    figures = (
        KeyFigure(label="Result", cell=words("passed" if run["passed"] else "FAILED")),
        KeyFigure(label="Scripts passed", cell=words(f"{passed} of {len(scripts)}")),
        KeyFigure(label="Steps passed", cell=words(f"{sum(step['passed'] for step in played)} of {len(played)}")),
        KeyFigure(label="Steps left out", cell=words(str(len(steps) - len(played)))),
    )
    rows = tuple(
        Row(
            id=script["script"],
            cells=(
                words(script["script"]),
                words(script["title"]),
                words(PASSED[script["passed"]]),
                words(f"{sum(step['passed'] for step in script['steps'])} of {len(script['steps'])}"),
                words(", ".join(script["failed"]) or "none"),
            ),
        )
        for script in scripts
    )
    columns = (
        Column(id="script", title="Script"),
        Column(id="title", title="What it covers", weight=1.8),
        Column(id="result", title="Result", weight=0.8),
        Column(id="steps", title="Steps passed", weight=0.8),
        Column(id="failed", title="Failed", weight=1.4),
    )
    text = (
        f"Test orders were sent to the provider's test system ({run['session']}), each marked with account "
        f"{inputs.marks[1]} and text {inputs.marks[0]}, from {_instant(run['began_at'])} to "
        f"{_instant(run['ended_at'])}. A pass is for these settings only: each change of them is certified again."
    )
    table = Table(id="scripts", columns=columns, rows=rows, caption="Scripts", compact=True)
    return Section(
        id="summary", title="Result", blocks=(KeyFigures(items=figures), Paragraph(text=text, style="lead"), table)
    )


def _failures(run: Mapping[str, Any]) -> Sequence[Section]:
    rows = [
        Row(id=f"failure-{script['script']}-{name}-{place}", cells=cells)
        for script in run["scripts"]
        for name, checks, note in _judged(script)
        for place, cells in enumerate(_failed_cells(script["script"], name, checks, note))
    ]
    columns = (
        Column(id="script", title="Script", weight=0.8),
        Column(id="step", title="Step", weight=1.1),
        Column(id="check", title="Check"),
        Column(id="expected", title="Expected", weight=1.6),
        Column(id="observed", title="Observed", weight=1.6),
    )
    table = Table(id="failures", columns=columns, rows=tuple(rows), caption="Checks that failed", compact=True)
    return (Section(id="failures", title="What failed", blocks=(table,)),)


def _judged(script: Plain) -> list[tuple[str, Sequence[Plain], str]]:
    """Name, checks and note of each step that failed, and of the whole."""
    steps = [(item["step"], item["checks"], item["note"]) for item in script["steps"] if not item["passed"]]
    return [*steps, ("whole", script["checks"], "")]


def _failed_cells(script: str, name: str, checks: Sequence[Plain], note: str) -> list[tuple[Cell, ...]]:
    found: list[tuple[Cell, ...]] = [
        (words(script), words(name), words(_word(item["check"])), words(item["expected"]), words(item["observed"]))
        for item in checks
        if not item["passed"]
    ]
    if note:
        found.append((words(script), words(name), words("sent"), words("the step played to its end"), words(note)))
    return found


def _script(script: Plain) -> Section:
    columns = (
        Column(id="step", title="Step", weight=1.7),
        Column(id="result", title="Result", weight=0.7),
        Column(id="came", title="What came", weight=1.3),
        Column(id="checks", title="Checks, and what was found", weight=2.8),
    )
    rows = [_step(step) for step in script["steps"]]
    rows.append(_whole(script))
    blocks: list[Block] = [Paragraph(text=script["purpose"], style="lead")]
    if script["cancelled"]:
        text = f"Cancels were sent afterwards for orders that were left open: {', '.join(script['cancelled'])}."
        blocks.append(Callout(tone="warning", title="Left open by the script", text=text))
    if script["left_open"]:
        text = f"It is not known that these orders have ended: {', '.join(script['left_open'])}. Ask the provider."
        blocks.append(Callout(tone="warning", title="May still be open", text=text))
    caption = f"{script['title']}: version {script['version']}, on {_symbols(script)}"
    blocks.append(Table(id=script["script"], columns=columns, rows=tuple(rows), caption=caption, compact=True))
    blocks.append(Paragraph(text=f"{script['citation']}. SHA-256 {script['sha256']}.", style="note"))
    title = f"{script['title']}: {'passed' if script['passed'] else 'failed'}"
    return Section(id=f"script-{script['script']}", title=title, blocks=tuple(blocks))


def _symbols(script: Plain) -> str:
    return ", ".join(
        f"{item['symbol']} ({name}, reference {item['reference_price']} USD)"
        for name, item in script["instruments"].items()
    )


def _step(step: Plain) -> Row:
    result = "left out" if step["left_out"] else PASSED[step["passed"]]
    cells = (
        words(f"{step['title']} ({step['step']})"),
        words(result),
        words(_came(step) or step["note"] or "nothing"),
        words(_checks(step["checks"]) or "nothing to judge"),
    )
    return Row(id=step["step"], cells=cells)


def _came(step: Plain) -> str:
    """Answers with the time after the sending, in milliseconds."""
    sent_at = int(step["sent_at"] or 0)
    return ", ".join(
        f"{_word(item['answer'])} after {(int(item['received_at']) - sent_at) / NS_PER_MS:.1f} ms"
        for item in step["received"]
    )


def _whole(script: Plain) -> Row:
    passed = all(item["passed"] for item in script["checks"])
    cells = (
        words("The script as a whole: shares are conserved, nothing is left open"),
        words(PASSED[passed]),
        words(" "),
        words(_checks(script["checks"])),
    )
    return Row(id="whole", cells=cells)


def _checks(checks: Sequence[Plain]) -> str:
    """Every check: what came where it held, and what should have come beside it where it did not."""
    return "; ".join(_judgement(item) for item in checks)


def _judgement(check: Plain) -> str:
    name = _word(check["check"])
    if not check["passed"]:
        return f"✗ {name}: expected {check['expected']}, found {check['observed']}"
    return f"✓ {name}" if check["observed"] == AS_EXPECTED else f"✓ {name}: {check['observed']}"


def _word(name: str) -> str:
    return name.replace("_", " ")


def _provenance(inputs: CertificationInputs) -> Section:
    run = inputs.run
    entries = (
        ("Provider", run["provider"]),
        ("Settings", f"{run['configuration']}, version {run['number']}"),
        ("Session", run["session"]),
        ("Began", _instant(run["began_at"])),
        ("Ended", _instant(run["ended_at"])),
        ("Marks of the orders", f"Text (58) {inputs.marks[0]}, Account (1) {inputs.marks[1]}"),
        ("Results, SHA-256", inputs.digest),
        *((f"Script {item['script']} {item['version']}", f"sha256 {item['sha256']}") for item in run["scripts"]),
    )
    return Section(id="provenance", title="Provenance", blocks=(ProvenanceBlock(entries=entries),))


def _instant(text: str) -> str:
    moment = EPOCH + timedelta(microseconds=int(text) // NS_PER_US)
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
