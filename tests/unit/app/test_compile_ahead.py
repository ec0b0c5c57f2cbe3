"""Two messages and a quote go through the kernels that a large day would compile."""

import pytest

from routeproof.app.measuring.compile_ahead import exercise
from routeproof.metrics import fused_kernel
from routeproof.sources.fix import cells, days, scanner
from routeproof.sources.fix.fold import sha256
from routeproof.tables.lookup import asof

KERNELS = {
    scanner: ("scan",),
    cells: ("mark_absent",),
    days: ("_hour_range", "_look_up"),
    sha256: ("_digest",),
    asof: ("_quote_in_force", "_read_rows", "block_extremes", "_first_reaching"),
    fused_kernel: ("extent", "_run"),
}
"""Those that Python calls; the others are parts of them."""


def test_every_kernel_of_reading_folding_and_measuring_is_compiled() -> None:
    """The order waits from 14:30:01 for the quote of 14:30:01.5 and is filled at 14:30:02, at its limit of 9.98."""
    found = exercise().row(0, named=True)
    assert (found["orders"], found["executions"], found["executable_limit_orders"]) == (1, 1, 1)
    assert found["time_to_execution_ms_avg"] == pytest.approx(500)
    for module, names in KERNELS.items():
        assert [name for name in names if not vars(module)[name].signatures] == []
