"""One contender in a process of its own: `python -m bench.contender NAME FOLDER [WARM_FOLDER]`, JSON on stdout."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bench.meter import Meter

OURS_NAMES = ("lake", "second_question", "whole_catalog", "vendor")


def main(name: str, folder: Path, warm: Path | None) -> None:
    """Do the job once outside the clock on small data, so that nothing is compiled in it, then once on the clock."""
    if name in OURS_NAMES:
        import routeproof.cli.main  # noqa: F401, PLC0415 - as the program starts, which asks polars to keep its memory

    from bench.ours import OURS, PREPARED  # noqa: PLC0415
    from bench.peers import PEERS  # noqa: PLC0415

    contender = {**PEERS, **OURS}[name]
    if warm is not None:
        contender(warm)
    if name in PREPARED:
        contender(folder)
    meter = Meter(time.perf_counter)
    totals = contender(folder)
    print(json.dumps({"name": name, **meter.read(), "totals": totals}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)  # noqa: PLR2004
