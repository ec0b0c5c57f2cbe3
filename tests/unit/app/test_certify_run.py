"""What a certification tells on the terminal while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certification_line import VENUES, SimulatedLine, shipped
from routeproof.app.certify.run import play_all
from routeproof.app.certify.session_file import load_session_file
from routeproof.lab.certification.provider_system import ProviderSystem

if TYPE_CHECKING:
    from pathlib import Path

SESSION = """
test_system = true
[[fix]]
name = "acme"
role = "initiator"
host = "127.0.0.1"
port = 9
begin_string = "FIX.4.4"
sender_comp_id = "FIRM"
target_comp_id = "ACME"
provider = "ACME"
"""


def test_the_reason_of_a_script_as_a_whole_is_told(tmp_path: Path) -> None:
    """With what was expected, as that of a step: the third message of the provider is the fill, its order is P1."""
    (tmp_path / "s.toml").write_text(SESSION, encoding="utf-8")
    script = shipped("market")
    line = SimulatedLine(ProviderSystem(script.instruments, VENUES, {"renames_order"}))
    told: list[str] = []
    file = load_session_file(tmp_path / "s.toml", "ACME")
    (result,) = play_all([script], file, line, line.clock, VENUES, told.append)
    assert not result.passed
    assert told[:3] == ["  buy: passed", "  sell: passed", "  cancel-after-the-fill: passed"]
    expected, found = "every order has one OrderID, its own", "buy: OrderID P1-2 in place of P1; sell: OrderID "
    assert told[3].startswith(f"  whole: FAILED (order_ids: expected {expected}, found {found}")
    assert told[4:] == ["market: FAILED"]
