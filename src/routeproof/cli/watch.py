"""`routeproof watch`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from routeproof.cli.options import json_option, workspace_option
from routeproof.cli.printing import print_found, table_lines
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


STOPPING = (signal.SIGTERM, signal.SIGINT)


@click.group(invoke_without_command=True)
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="What to listen to, as TOML.")
@workspace_option
@click.pass_context
def watch(ctx: click.Context, config: Path | None, workspace: Path) -> None:
    """Judge as it happens: FIX drop copies, growing files, drop folders.

    Serves until SIGTERM or Ctrl-C; says `{"event": "ready", …}` on stdout when it does.

    Example: routeproof watch --config watch.toml
    """
    if ctx.invoked_subcommand is not None:
        return
    if config is None:
        message = "expected --config FILE.toml with [[fix]], [[tail]] or [[drop]] tables, found none"
        raise UsageError(message, where="--config")
    with _stopping() as stopping:  # before anything else begins a thread
        _compute_on_two_threads()

        from routeproof.app.watch.config import load_watch_config  # noqa: PLC0415
        from routeproof.app.watch.serve import Talk, serve  # noqa: PLC0415

        serve(workspace, load_watch_config(config), Talk(_ready, lambda text: click.echo(text, err=True)), stopping)


@contextlib.contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Set by SIGTERM or Ctrl-C; a watch that could not begin leaves signals as they were.

    A thread waits for them, and no other thread can be given them: handlers would not do, since loading QuickFIX takes
    the one of Ctrl-C away.
    """
    stopping = threading.Event()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)

    def wait() -> None:
        signal.sigwait(STOPPING)
        stopping.set()

    threading.Thread(target=wait, name="stopping", daemon=True).start()
    try:
        yield stopping
    except BaseException:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        raise


def _compute_on_two_threads() -> None:
    """A judgement is hundreds of operations on few rows: to share one among threads takes longer than to do it.

    It is done on one thread of polars; another is there for whoever else asks. polars looks once, when it is first
    used; the processes beside the watch, which take in whole days, look for themselves.
    """
    threads = "POLARS_MAX_THREADS"
    stated = os.environ.get(threads)
    if stated in {None, "1"}:
        os.environ[threads] = "2"
        import polars as pl  # noqa: PLC0415

        pl.thread_pool_size()
        del os.environ[threads]
        if stated is not None:
            os.environ[threads] = stated


def _ready(event: Mapping[str, Any]) -> None:
    click.echo(json.dumps(event))


@watch.command("status")
@workspace_option
@json_option
def status(workspace: Path, *, as_json: bool) -> None:
    """Say what the watch of this workspace is doing, or did last.

    Example: routeproof watch status --json
    """
    from routeproof.app.watch.status import read_status  # noqa: PLC0415
    from routeproof.app.workspace import open_workspace  # noqa: PLC0415

    found = read_status(open_workspace(workspace).root / "live")
    print_found(found, _lines, as_json=as_json)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield "running" if found["running"] else "not running"
    yield from table_lines(("name", "connected", "next_in", "next_out"), found["sessions"])
    yield f"{found['journaled']} messages journaled, {found['recorded']} findings recorded or changed"
