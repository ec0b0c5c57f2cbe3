"""`routeproof certify`: scripts over a FIX session to a provider's test system, judged, reported, put on record."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeproof import __version__
from routeproof.app.certify.plain import plain_script
from routeproof.app.certify.session_file import SESSION_FILE, SessionFile, load_session_file
from routeproof.app.certify.session_line import open_line
from routeproof.app.objects.act import act
from routeproof.app.objects.fold import object_of
from routeproof.app.objects.governed import ids_of
from routeproof.app.provider.go_live import configurations_of
from routeproof.governance.certification import CERTIFICATION, Outcome, versions_to_certify
from routeproof.governance.decider import refuse
from routeproof.governance.provider.noun import PROVIDER
from routeproof.lab.certification.play import Setting, play_script
from routeproof.renderers.html import render_html
from routeproof.renderers.json import render_json
from routeproof.renderers.pdf import render_pdf
from routeproof.reports.catalog.certification_report import CertificationInputs, certification_report
from routeproof.stores.files import write_whole
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.governance.config import Configuration
    from routeproof.governance.provider.state import Provider
    from routeproof.lab.certification.play import Line
    from routeproof.lab.certification.results import Check, ScriptResult, StepResult
    from routeproof.lab.certification.script import Script
    from routeproof.stores.records import Records

REPORTS = {"certification.json": render_json, "certification.html": render_html, "certification.pdf": render_pdf}
RESULTS = "results.json"
BASE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be certified.

    Attributes:
        provider: whose test system.
        scripts: to run, in order.
        session_file: with the session; null is `certification.toml` of the workspace.
        configuration: record whose settings the test system runs with; null where the provider has only one.
        number: their version; null is the one in force.
        out: folder for report and results; null keeps them in the record alone.
    """

    provider: str
    scripts: tuple[Script, ...]
    session_file: Path | None = None
    configuration: str | None = None
    number: int | None = None
    out: Path | None = None


def run_certification(context: Context, asked: Asked, told: Callable[[str], None]) -> dict[str, Any]:
    """Run the scripts and report; with a person the run is put on record and signed.

    Everything that the record would refuse for is looked at before anything is sent.

    Returns:
        `{"id", "provider", "configuration", "number", "passed", "session", "began_at", "ended_at", "scripts", "out",
        "files", "ledger_index", "receipt"}`; id, index and receipt are null without a person.

    Raises:
        UsageError: session file, extra or Logon; what is asked does not exist.
        RefusedError: the session file does not name a test system; the record refuses.
    """
    provider = _provider(context, asked.provider)
    configuration, number = _settings(context, asked)
    file = load_session_file(asked.session_file or context.workspace.root / SESSION_FILE, asked.provider)
    folder = context.workspace.root / "certify" / file.session.name
    with open_line(file, folder, context.clock) as line:
        results = play_all(asked.scripts, file, line, context.clock, provider.venues, told)
    return conclude(context, asked, file, (configuration, number), results)


def play_all(
    scripts: Sequence[Script],
    file: SessionFile,
    line: Line,
    clock: Callable[[], int],
    venues: Sequence[str],
    told: Callable[[str], None],
) -> tuple[ScriptResult, ...]:
    """The scripts one after the other over a line; `told` is called with each step and each script."""
    ids = order_ids(clock())
    results = []
    for script in scripts:
        setting = Setting(
            line=line,
            clock=clock,
            next_id=lambda: next(ids),
            marks=file.marks,
            venues=venues,
            told=lambda step: told(_said(step)),
        )
        results.append(play_script(script.on(file.instruments), setting))
        if whole := [item for item in results[-1].checks if not item.passed]:
            told(f"  whole: FAILED ({_reasons(whole)})")
        told(f"{script.id}: {'passed' if results[-1].passed else 'FAILED'}")
    return tuple(results)


def order_ids(now: int) -> Iterator[str]:
    """ClOrdIDs that no run before had: the millisecond of the beginning, and a number; at most 16 characters."""
    rest, text = now // NS_PER_MS, ""
    while rest:
        rest, digit = divmod(rest, len(BASE))
        text = BASE[digit] + text
    return (f"RP{text}-{number}" for number in count(1))


def conclude(
    context: Context,
    asked: Asked,
    file: SessionFile,
    settings: tuple[Configuration, int],
    results: Sequence[ScriptResult],
) -> dict[str, Any]:
    """Report the results, and put them on record if somebody acts."""
    configuration, number = settings
    run: dict[str, Any] = {
        "provider": asked.provider,
        "configuration": configuration.id,
        "number": number,
        "passed": all(item.passed for item in results),
        "session": file.told,
        "began_at": str(results[0].began_at),
        "ended_at": str(results[-1].ended_at),
        "scripts": [plain_script(item) for item in results],
    }
    with tempfile.TemporaryDirectory(prefix="certify-") as scratch:
        folder = asked.out or Path(scratch)
        files = _write(context, run, file, folder)
        recorded = _record(context, run, folder) if context.acting is not None else {}
    return {
        "id": recorded.get("id"),
        **run,
        "out": str(asked.out) if asked.out else None,
        "files": files,
        "ledger_index": recorded.get("ledger_index"),
        "receipt": recorded.get("receipt"),
    }


def _said(step: StepResult) -> str:
    how = "left out" if step.left_out else "passed" if step.passed else "FAILED"
    why = _reasons([item for item in step.checks if not item.passed]) or step.note
    return f"  {step.step.id}: {how}" + (f" ({why})" if why and not step.passed else "")


def _reasons(checks: Sequence[Check]) -> str:
    return "; ".join(f"{item.name}: expected {item.expected}, found {item.observed}" for item in checks)


def _provider(context: Context, provider_id: str) -> Provider:
    version = object_of(context.records, PROVIDER, provider_id)
    if version is None:
        message = f"expected a provider named {provider_id!r}, found none: `routeproof provider list` names them"
        raise UsageError(message, where=provider_id)
    if version.state.state == "terminated":
        refuse("wrong_state", f"{provider_id} was terminated: there is nothing to certify", where=provider_id)
    return version.state


def _settings(context: Context, asked: Asked) -> tuple[Configuration, int]:
    """The configuration record and the version that the test system runs with."""
    found = configurations_of(context.records, asked.provider)
    if not found:
        refuse(
            "incomplete",
            f"expected the configuration of {asked.provider} on record, found none: a pass is for a version of the "
            "settings; `routeproof config propose` records them",
            where=asked.provider,
        )
    wanted = [item for item in found if asked.configuration in (None, item.id)]
    if len(wanted) != 1:
        names = ", ".join(item.id for item in found)
        message = f"expected --configuration with one of {names}, found {asked.configuration or 'none'}"
        raise UsageError(message, where="--configuration")
    known = [item.number for item in versions_to_certify(wanted[0], context.business_day)]
    current = wanted[0].in_force(context.business_day)
    number = asked.number if asked.number is not None else current.number if current else None
    if number not in known:
        said = ", ".join(map(str, known)) or "none"
        message = f"expected --version with a version in force or announced ({said}), found {number or 'none in force'}"
        raise UsageError(message, where=wanted[0].id)
    return wanted[0], number


def _write(context: Context, run: Mapping[str, Any], file: SessionFile, folder: Path) -> dict[str, str]:
    """Report and results into a folder; returns their hashes."""
    results = json.dumps(run, ensure_ascii=False, indent=1).encode()
    inputs = CertificationInputs(
        run=run,
        marks=(file.text, file.account),
        firm=context.workspace.firm_id or "the firm",
        dated_on=context.business_day,
        version=__version__,
        digest=hashlib.sha256(results).hexdigest(),
    )
    document = certification_report(inputs)
    contents = {RESULTS: results, **{name: render(document) for name, render in REPORTS.items()}}
    for name, content in contents.items():
        write_whole(folder / name, content)
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _record(context: Context, run: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    provider = run["provider"]
    names = set(ids_of(context.records, CERTIFICATION))
    name = next(f"{provider}-{number}" for number in count(1) if f"{provider}-{number}" not in names)
    outcomes = [
        {key: item[key] for key in Outcome.model_fields} | {"steps": len(item["steps"])} for item in run["scripts"]
    ]
    kept = ("provider", "configuration", "number", "session", "began_at", "ended_at")
    body = {
        **{key: run[key] for key in kept},
        "scripts": outcomes,
        "results": str(folder / RESULTS),
        "report": str(folder / "certification.pdf"),
    }

    def around(records: Records) -> Mapping[str, Any]:
        version = object_of(records, PROVIDER, provider)
        configurations = configurations_of(records, provider)
        return {"provider": version.state if version else None, "configurations": configurations}

    return act(context, CERTIFICATION, name, "record", body, around)
