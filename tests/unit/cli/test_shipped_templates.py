"""Templates are read without a workspace, and with the options that every command takes."""

import tomllib

import pytest
from click.testing import CliRunner

from routeproof.cli.main import cli


@pytest.mark.parametrize("more", [[], ["-w", "elsewhere"], ["--as", "ann"]])
def test_the_sla_template_is_printed_with_any_usual_option(more: list[str]) -> None:
    """Workspace and person change nothing: the same TOML comes out."""
    result = CliRunner().invoke(cli, ["sla", "template", *more])
    assert result.exit_code == 0
    assert "PI-MARKET" in [clause["id"] for clause in tomllib.loads(result.stdout)["clause"]]
