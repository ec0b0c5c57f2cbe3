"""Assertions of the modules beside the tests say what they found."""

import pytest

pytest.register_assert_rewrite("faults.commands", "faults.power_cut")
