"""Write the reviewed scorecard surface anew; read the difference before committing it."""

import json
import runpy
from pathlib import Path

from routeproof.renderers.json import render_json
from routeproof.reports.catalog.quarterly_pack import quarterly_pack

if __name__ == "__main__":
    here = Path(__file__).parent
    sections = runpy.run_path(str(here.parent / "conftest.py"))["plausible_sections"]()
    inputs = runpy.run_path(str(here / "conftest.py"))["plausible_inputs"](sections)
    surface = json.loads(render_json(quarterly_pack(inputs)))["scorecard"]
    text = json.dumps(surface, ensure_ascii=False, indent=2) + "\n"
    here.joinpath("expected.json").write_text(text, encoding="utf-8")
