"""Runs of scripts on record, and going live: only with passes for the settings in force and for those announced."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from provider_desk import ProviderDesk
from routeproof.app.firm.policy import decide_policy, propose_policy
from routeproof.app.ledger.rebuild import check_rebuild
from routeproof.app.objects.act import act
from routeproof.app.objects.fold import object_of
from routeproof.app.provider.go_live import configurations_of, demanded_scripts, go_live_around, provider_shown
from routeproof.governance.certification import CERTIFICATION
from routeproof.governance.config import CONFIG
from routeproof.governance.decider import RefusalError
from routeproof.governance.provider.noun import PROVIDER
from routeproof.ledger.entry import read_entry
from routeproof.policy.providers import provider_policy
from routeproof.stores.shipped_certification import SCRIPTS, shipped_script_bytes

if TYPE_CHECKING:
    from pathlib import Path

SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 30)
SETTINGS = {"provider": "ACME", "settings": {"aggression": 3}, "reason": "go-live", "effective_from": "2026-09-01"}
ANNOUNCED = {**SETTINGS, "settings": {"aggression": 4}, "effective_from": "2026-10-15", "notice_on": "2026-09-30"}


class Live(ProviderDesk):
    """A provider on its way to go-live."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.file = root / "results.json"
        self.file.write_text("{}")
        self.runs = 0

    def approve(self) -> Live:
        """The due diligence is done."""
        self.add()
        self.answer()
        self.do("sam", "approve")
        return self

    def propose(self, body: dict[str, Any] = SETTINGS, verb: str = "approve", config: str = "ACME") -> None:
        """A version of the settings, and what became of it; an empty verb lets it wait."""
        self.desk.act("ann", CONFIG, config, "propose", body, on=SEPTEMBER)
        if verb:
            reason = {"reason": "no"} if verb == "reject" else {}
            self.desk.act("sam", CONFIG, config, verb, reason, on=SEPTEMBER)

    def run(
        self,
        number: int = 1,
        failed: tuple[str, ...] = (),
        on: date = SEPTEMBER,
        **changes: Any,  # noqa: ANN401  # fields of the body
    ) -> dict[str, Any]:
        """A run of all shipped scripts, of which some failed."""
        self.runs += 1
        scripts = [
            {"script": name, "version": 1, "sha256": _sha256(name), "passed": name not in failed, "steps": 3}
            for name in SCRIPTS
        ]
        body = {
            "provider": "ACME",
            "configuration": "ACME",
            "number": number,
            "scripts": scripts,
            "session": "FIX.4.4 FIRM to ACMETEST at 127.0.0.1:9878",
            "began_at": "1790000000000000000",
            "ended_at": "1790000030000000000",
            "results": str(self.file),
            "report": str(self.file),
            **changes,
        }
        with self.desk.context("ann", on) as context:

            def around(records: Any) -> dict[str, Any]:  # noqa: ANN401  # records of the workspace
                version = object_of(records, PROVIDER, body["provider"])
                configurations = configurations_of(records, body["provider"])
                return {"provider": version.state if version else None, "configurations": configurations}

            return act(context, CERTIFICATION, f"ACME-{self.runs}", "record", body, around)

    def go_live(self, person: str = "sam", on: date = SEPTEMBER) -> dict[str, Any]:
        """The provider goes live."""
        with self.desk.context(person, on) as context:
            return act(context, PROVIDER, "ACME", "go_live", {"note": "as tested"}, go_live_around(context, "ACME"))

    def refused(self, person: str = "sam", on: date = SEPTEMBER) -> tuple[str, str]:
        """Code and message of a go-live that is refused."""
        with pytest.raises(RefusalError) as refusal:
            self.go_live(person, on)
        return refusal.value.code, refusal.value.message

    def live(self, on: date = SEPTEMBER) -> Any:  # noqa: ANN401  # JSON
        """What `provider show` says of it."""
        with self.desk.context() as context:
            return provider_shown(context, "ACME", on)["live"]


def _sha256(name: str) -> str:
    return hashlib.sha256(shipped_script_bytes()[name]).hexdigest()


@pytest.fixture
def desk(tmp_path: Path) -> Live:
    """A provider that was approved; nothing else."""
    return Live(tmp_path).approve()


def test_with_a_pass_for_the_settings_in_force_a_provider_goes_live(desk: Live) -> None:
    """Signed, with a receipt; `provider show` names version and runs, and the state of the file stays what it is."""
    desk.propose()
    run = desk.run()
    assert (run["state"], bool(run["receipt"]), run["by"], run["number"]) == ("passed", True, "ann", 1)
    shown = desk.go_live()
    assert shown["state"] == "approved"
    assert shown["receipt"]
    live = desk.live()
    certified = [{"configuration": "ACME", "number": 1, "certifications": ["ACME-1"]}]
    assert (live["status"], live["on"], live["by"], live["certified"]) == ("live", "2026-09-30", "sam", certified)
    assert (live["note"], live["due"]) == ("as tested", [])


def test_without_a_configuration_on_record_nobody_goes_live(desk: Live) -> None:
    """The refusal says that it is not recorded, and how to record it."""
    code, message = desk.refused()
    assert code == "incomplete"
    assert "expected the configuration of ACME on record, found none" in message
    assert desk.live()["status"] == "not_live"


def test_without_a_run_every_demanded_script_is_named(desk: Live) -> None:
    """With the version that it lacks for."""
    desk.propose()
    code, message = desk.refused()
    assert code == "criteria_not_met"
    assert f"not run: {', '.join(SCRIPTS)}" in message
    assert "version 1 of ACME, which is in force" in message
    assert message.endswith("`routeproof certify ACME --version 1` runs them")


def test_the_last_run_of_a_script_counts(desk: Live) -> None:
    """A later failure takes an earlier pass away, and a later pass gives it back."""
    desk.propose()
    desk.run()
    assert desk.run(failed=("iso",))["state"] == "failed"
    assert "failed: iso" in desk.refused()[1]
    desk.run()
    assert desk.go_live()["live"]["certified"][0]["certifications"] == ["ACME-3"]


def test_nobody_goes_live_before_the_pass(desk: Live) -> None:
    """The pass is of 2026-10-30; the day before is refused, the day itself is not."""
    desk.propose()
    desk.run(on=OCTOBER)
    code, message = desk.refused(on=date(2026, 10, 29))
    assert code == "criteria_not_met"
    assert "found 2026-10-29 and a pass of 2026-10-30 (ACME-1)" in message
    assert desk.go_live(on=OCTOBER)["state"] == "approved"


def test_passes_may_be_of_several_runs(desk: Live) -> None:
    """Only what failed has to be run again."""
    desk.propose()
    desk.run(failed=("iso",))
    iso = {"script": "iso", "version": 1, "sha256": _sha256("iso"), "passed": True, "steps": 3}
    desk.run(scripts=[iso])
    assert desk.go_live()["live"]["certified"][0]["certifications"] == ["ACME-1", "ACME-2"]


def test_a_script_under_the_same_name_with_another_text_is_no_pass(desk: Live) -> None:
    """Policy demands the shipped text; its hash tells."""
    desk.propose()
    other = {"script": "iso", "version": 1, "sha256": "0" * 64, "passed": True, "steps": 1}
    desk.run(failed=("iso",))
    desk.run(scripts=[other])
    assert "failed: iso" in desk.refused()[1]


def test_a_change_notice_asks_for_another_pass(desk: Live) -> None:
    """Announced is enough; certified before its day, the change needs nothing more on it."""
    desk.propose()
    desk.run()
    desk.propose(ANNOUNCED, verb="")
    code, message = desk.refused()
    assert (code, "version 2 of ACME, which is announced" in message) == ("criteria_not_met", True)
    assert message.endswith("`routeproof certify ACME --version 2` runs them")
    desk.run(number=2)
    certified = desk.go_live()["live"]["certified"]
    assert [(item["number"], item["certifications"]) for item in certified] == [(1, ["ACME-1"]), (2, ["ACME-2"])]


def test_after_a_change_a_live_provider_is_due_again(desk: Live) -> None:
    """From the notice on `provider show` says so; a rejected change is none."""
    desk.propose()
    desk.run()
    desk.go_live()
    desk.propose(ANNOUNCED, verb="reject")
    assert (desk.live()["status"], desk.live()["due"]) == ("live", [])
    desk.propose(ANNOUNCED)
    due = desk.live()
    assert (due["status"], due["due"]) == ("certification_due", [{"configuration": "ACME", "number": 3}])
    assert "version 3 of ACME, which is in force" in desk.refused(on=OCTOBER)[1]
    desk.run(number=3, on=OCTOBER)
    desk.go_live(on=OCTOBER)
    assert desk.live(OCTOBER)["status"] == "live"


def test_settings_used_before_they_are_approved_stop_the_go_live(desk: Live) -> None:
    """It is not known which settings are in force."""
    desk.propose()
    desk.run()
    desk.propose(ANNOUNCED, verb="")
    desk.run(number=2, on=OCTOBER)
    code, message = desk.refused(on=OCTOBER)
    assert (code, "approve or reject it first" in message) == ("wrong_state", True)


def test_every_configuration_record_of_the_provider_needs_its_passes(desk: Live) -> None:
    """One for equities and one for options are two."""
    desk.propose()
    desk.run()
    desk.propose(config="ACME-OPTIONS")
    message = desk.refused()[1]
    assert "version 1 of ACME-OPTIONS" in message
    assert message.endswith("`routeproof certify ACME --version 1 --configuration ACME-OPTIONS` runs them")


def test_nothing_in_force_yet_is_no_configuration_to_go_live_with(desk: Live) -> None:
    """Its day has not come."""
    desk.propose(ANNOUNCED)
    assert desk.refused()[0] == "wrong_state"


def test_who_is_not_approved_or_goes_live_twice_is_refused(tmp_path: Path) -> None:
    """Due diligence comes first; an analyst may run scripts, and not let anybody go live."""
    desk = Live(tmp_path)
    desk.add()
    desk.propose()
    desk.run()
    assert desk.refused()[0] == "wrong_state"
    desk.answer()
    desk.do("sam", "approve")
    assert desk.refused("ann")[0] == "not_permitted"
    desk.go_live()
    code, message = desk.refused()
    assert (code, "already" in message) == ("wrong_state", True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"provider": "NOBODY"}, "wrong_state"),
        ({"configuration": "OTHER"}, "incomplete"),
        ({"number": 7}, "wrong_state"),
    ],
)
def test_a_run_is_of_a_version_that_there_is(desk: Live, changes: dict[str, Any], code: str) -> None:
    """Of a known provider, one of its records, in force or announced."""
    desk.propose()
    with pytest.raises(RefusalError) as refused:
        desk.run(**changes)
    assert refused.value.code == code


def test_a_version_that_was_superseded_is_not_certified_any_more(desk: Live) -> None:
    """Nor one that was rejected."""
    desk.propose()
    desk.propose(ANNOUNCED, verb="reject")
    with pytest.raises(RefusalError):
        desk.run(number=2)
    desk.propose(ANNOUNCED)
    with pytest.raises(RefusalError):
        desk.run(number=1, on=OCTOBER)


def test_policy_says_which_scripts_and_at_least_one(desk: Live) -> None:
    """A firm leaves out what it never sends, or pins a script of its own by its hash."""
    desk.propose()
    with desk.desk.context() as context:
        assert list(demanded_scripts(context.records, SEPTEMBER)) == list(SCRIPTS)
    own = "f" * 64
    body = {"key": "certification_scripts", "value": ["market", f"ours@{own}"], "effective_from": "2026-10-01"}
    with desk.desk.context("ann") as context:
        proposal = propose_policy(context, {**body, "reason": "no ISO is ever sent"})["id"]
    with desk.desk.context("carl") as context:
        decide_policy(context, "approve", proposal)
    with desk.desk.context(on=OCTOBER) as context:
        assert demanded_scripts(context.records, OCTOBER) == {"market": _sha256("market"), "ours": own}
    dated = {"effective_from": date(2010, 1, 1), "citation": "ours", "grade": "F"}
    document = {
        "refresh_months": [{**dated, "value": 12}],
        "reliance_look_months": [{**dated, "value": 3}],
        "material_venue_share": [{**dated, "value": "0.05"}],
        "certification_scripts": [{**dated, "value": []}],
    }
    with pytest.raises(ValueError, match="at least one certification script"):
        provider_policy(document)


def test_the_replay_of_the_record_gives_the_same_rows(desk: Live) -> None:
    """Of a provider that went live, and one that never did: its row has no word about it, as in earlier programs."""
    desk.add(name="OTHER")
    desk.propose()
    desk.run()
    desk.go_live()
    with desk.desk.context() as context:
        entries = [read_entry(entry) for entry in context.records.each_entry()]
        assert check_rebuild(context, entries).differences == []
        rows = dict(context.records.query("SELECT id, state FROM governance_objects WHERE noun = 'provider'", {}))
    assert '"live"' in str(rows["ACME"])
    assert '"live"' not in str(rows["OTHER"])
