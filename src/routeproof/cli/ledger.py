"""`routeproof ledger`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from routeproof.cli.acting import Acts, acting_context, recording
from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_json
from routeproof.vocab.errors import LedgerBrokenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

EXIT_NOT_VERIFIED = LedgerBrokenError.exit_code


@click.group()
def ledger() -> None:
    """The record that cannot be quietly changed: verify it, export it, tell others its state."""


@ledger.command("note")
@click.argument("text", required=False)
@click.option(
    "--from", "source", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), help="One note a line."
)
@recording
def note(text: str | None, source: Path | None, acts: Acts) -> None:
    """Append a remark TEXT, or one a line of a file; each printed line acknowledges a durable batch.

    Example: routeproof ledger note "Feed restored at 10:42" --as ann
    """
    from routeproof.app.ledger.notes import append_notes  # noqa: PLC0415

    if (text is None) == (source is None):
        message = "expected a text or --from FILE, one of them"
        raise UsageError(message, where="TEXT")
    with acting_context(acts) as context:
        for first, last in append_notes(context, [text] if text is not None else _lines(source)):
            click.echo(json.dumps({"first": first, "last": last}))
            sys.stdout.flush()


def _lines(source: Path | None) -> Iterator[str]:
    """Lines end at a line feed and at nothing else: every other character is part of a note."""
    assert source is not None  # noqa: S101  # the caller checked
    try:
        with click.open_file(str(source), "rb") as file:
            for line in file:
                yield line.rstrip(b"\n").removesuffix(b"\r").decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"expected a readable text file in UTF-8, found: {error}"
        raise UsageError(message, where=str(source)) from error


@ledger.command("verify")
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A checkpoint kept elsewhere; may be repeated.",
)
@workspace_option
@json_option
def verify(checkpoints: tuple[Path, ...], workspace: Path, *, as_json: bool) -> int:
    """Derive everything again and locate any change; exit 4 if something is wrong.

    Example: routeproof ledger verify --checkpoint usb/checkpoint-1200.note
    """
    from routeproof.app.ledger.verify import verify_workspace  # noqa: PLC0415

    report = verify_workspace(workspace, checkpoints)
    if as_json:
        print_json(report.as_json())
    else:
        click.echo(report.statement())
        for compared in report.compared:
            click.echo(f"  {compared.source}: {'agrees' if compared.agrees else 'DOES NOT AGREE'}")
        for problem in report.ordered:
            where = "" if problem.index is None else f" entry {problem.index}"
            click.echo(f"  {problem.kind}{where} in {problem.file or 'what was given'}: {problem.message}")
    return 0 if report.ok else EXIT_NOT_VERIFIED


@ledger.command("checkpoint")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Folder, best on another machine."
)
@click.option("--mail", type=click.Path(path_type=Path, dir_okay=False), help="Write it as a mail draft (.eml).")
@click.option("--witness", metavar="URL", help="Have a C2SP witness sign it: the only call it makes goes there.")
@click.option("--timestamp", metavar="URL", help="Have an RFC 3161 authority time-stamp it (extra `timestamp`).")
@workspace_option
@json_option
def checkpoint(
    folder: Path | None,
    mail: Path | None,
    witness: str | None,
    timestamp: str | None,
    workspace: Path,
    *,
    as_json: bool,
) -> None:
    """Tell others the ledger's state: a signed size and root that no later history can contradict.

    Example: routeproof ledger checkpoint --to /media/usb
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.ledger.checkpoints import write_checkpoint  # noqa: PLC0415
    from routeproof.app.ledger.mail import mail_checkpoint  # noqa: PLC0415
    from routeproof.app.ledger.timestamp import timestamp_checkpoint  # noqa: PLC0415
    from routeproof.app.ledger.witness import witness_checkpoint  # noqa: PLC0415

    if not any((folder, mail, witness, timestamp)):
        message = "expected where to: --to FOLDER, --mail FILE, --witness URL or --timestamp URL"
        raise UsageError(message, where="--to")
    with open_context(workspace) as context:
        if folder is not None:
            signed = write_checkpoint(context, folder)
            _say_checkpoint(signed.path, signed.checkpoint.size, signed.checkpoint.root, as_json=as_json)
        if mail is not None:
            signed = mail_checkpoint(context, mail)
            _say_checkpoint(signed.path, signed.checkpoint.size, signed.checkpoint.root, as_json=as_json)
        for path in (
            witness_checkpoint(context, witness) if witness else None,
            timestamp_checkpoint(context, timestamp) if timestamp else None,
        ):
            if path is not None:
                click.echo(json.dumps({"path": str(path)}) if as_json else str(path))


def _say_checkpoint(path: Path | None, size: int, root: bytes, *, as_json: bool) -> None:
    if as_json:
        print_json({"path": str(path), "size": size, "root": root.hex()})
    else:
        click.echo(f"{path}: {size} entries, root {root.hex()}")


@ledger.command("key")
@workspace_option
@json_option
def key(workspace: Path, *, as_json: bool) -> None:
    """Print the key that others verify checkpoints with: name+id+base64.

    Example: routeproof ledger key
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.ledger.log_key import log_key  # noqa: PLC0415

    with open_context(workspace) as context:
        text = str(log_key(context).verifier)
    click.echo(json.dumps({"key": text}) if as_json else text)


@ledger.command("rotate-key")
@recording
def rotate(acts: Acts) -> None:
    """Replace the log's key: the old one signs the new one, and the change is an entry.

    Example: routeproof ledger rotate-key --as kim
    """
    from routeproof.app.ledger.rotation import rotate_key  # noqa: PLC0415

    with acting_context(acts) as context:
        rotated = rotate_key(context)
    click.echo(json.dumps(rotated) if acts.as_json else rotated["new"])


@ledger.command("export")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="New or empty folder.")
@workspace_option
@json_option
def export(out: Path, workspace: Path, *, as_json: bool) -> None:
    """Write the whole log as C2SP tiles, with key, checkpoints, evidence and its own verifier.

    Example: routeproof ledger export --out export; python -I export/verify.py export
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.ledger.export import export_ledger  # noqa: PLC0415

    with open_context(workspace) as context:
        exported = export_ledger(context, out)
    if as_json:
        print_json({"path": str(exported.path), "size": exported.size, "root": exported.root})
    else:
        click.echo(
            f"{exported.path}: {exported.size} entries. Check it: python -I {exported.path}/verify.py {exported.path}"
        )


@ledger.command("receipt")
@click.argument("index", type=int)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File for the receipt.")
@workspace_option
@json_option
def receipt(index: int, out: Path, workspace: Path, *, as_json: bool) -> None:
    """Write the proof that the entry at INDEX is in the ledger: one file, checked by `verify.py receipt` alone.

    Example: routeproof ledger receipt 17 --out receipt-17.tlog-proof
    """
    from routeproof.app.context import open_context  # noqa: PLC0415
    from routeproof.app.ledger.receipts import write_receipt  # noqa: PLC0415

    with open_context(workspace) as context:
        write_receipt(context, index, out)
    click.echo(json.dumps({"path": str(out), "index": index}) if as_json else str(out))


@ledger.command("proofs")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
@json_option
def proofs(file: Path, **_: object) -> None:
    """Judge RFC 6962 proofs, one JSON object a line: accept or reject; no workspace is read.

    Example: routeproof ledger proofs proofs.jsonl
    """
    from routeproof.app.ledger.proof_lines import judged  # noqa: PLC0415

    for accepted in judged(file):
        click.echo("accept" if accepted else "reject")
