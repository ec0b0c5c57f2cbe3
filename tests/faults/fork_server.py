"""Runs `routeproof` commands in forked children, so that the second run need not import what the first one did.

Reads one JSON request a line: `{"arguments": […], "gate": FIFO, "output": PATH, "errors": PATH}`; answers with the
child's process id, then with how it ended: its exit code, or minus the signal.
"""

import importlib
import json
import os
import pkgutil
import sys
from pathlib import Path

import routeproof.cli

HEAVY = ("routeproof.cli.lab", "routeproof.cli.demo", "routeproof.cli.measure", "routeproof.cli.review")


def main() -> None:
    """Serve until the requests end."""
    for module in pkgutil.iter_modules(routeproof.cli.__path__, "routeproof.cli."):
        if module.name not in HEAVY:
            importlib.import_module(module.name)
    for name in sys.argv[1:]:
        importlib.import_module(name)
    say("ready")
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            run(request)
        say(child)
        _, status = os.waitpid(child, 0)
        say(os.waitstatus_to_exitcode(status))


def say(what: object) -> None:
    """One line of answer."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def run(request: dict[str, object]) -> None:
    """In the child: wait at the gate, run the command, leave."""
    output = os.open(str(request["output"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    errors = os.open(str(request["errors"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(errors, 2)
    with Path(str(request["gate"])).open("rb") as gate:
        gate.read()
    from routeproof.cli.main import main as routeproof_main  # noqa: PLC0415

    code: object = 0
    try:
        routeproof_main([str(argument) for argument in request["arguments"]])  # type: ignore[attr-defined]
    except SystemExit as left:
        code = left.code
    except Exception as error:  # noqa: BLE001  # the outermost edge of the child
        sys.stderr.write(f"{error!r}\n")
        code = 70
    try:
        sys.stdout.flush()
    except OSError:
        code = code or 74
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    main()
