"""Judge one trading day of the lake by all rules, and record what was found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from routeproof.app.cases.case_pins import pinner_of
from routeproof.app.cases.open_cases import Worked, work_findings
from routeproof.app.cases.work_cases import escalate
from routeproof.app.facts.agreed_facts import agreed_facts, restated_of
from routeproof.app.facts.agreed_levels import agreed_levels
from routeproof.app.facts.choice_facts import choice_facts
from routeproof.app.facts.contradictions import contradictions_of
from routeproof.app.facts.day_facts import Tellers, day_facts, facts_of
from routeproof.app.facts.firm_facts import firm_facts
from routeproof.app.facts.history import LookBack, StreamMaker, look_back
from routeproof.app.facts.law import law_on
from routeproof.app.facts.log_facts import log_facts, record_facts
from routeproof.app.facts.shown_facts import shown_facts
from routeproof.app.facts.told_facts import told_facts
from routeproof.app.facts.vendor_facts import vendor_of_lake
from routeproof.app.facts.vendor_word import vendor_word
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.monitoring.day_over import settled_at
from routeproof.app.monitoring.judged import Judgement, record_judged
from routeproof.app.monitoring.policy import rule_policy
from routeproof.app.monitoring.staleness import reports_of_day
from routeproof.app.monitoring.tell import know_channels, tell_recorded
from routeproof.app.notify.channels import channels_of
from routeproof.app.objects.findings import Change, documents_of, record_findings
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.shipped_rules import rules_of
from routeproof.governance.day import UNJUDGED
from routeproof.rules.judge import judge
from routeproof.rules.registry import ALL
from routeproof.sources.clocks import uncertainty_of
from routeproof.stores.commits import source_outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import polars as pl

    from routeproof.app.context import Context
    from routeproof.rules.facts import Facts
    from routeproof.stores.records import Records

OF_WHOLE_DAYS = (
    *("history", "choices", "sla", "deliveries", "displays"),
    *("vendor", "vendor_differences", "vendor_claims", "vendor_times"),
)
"""Members of `Facts` that are gathered once a day is over."""


@dataclass(frozen=True, slots=True)
class DayRun:
    """What a run over a day did.

    Attributes:
        change: what became of the record.
        unjudged: rule to the reason why it could not be judged.
        manifest: the lake as it was judged.
        worked: what became of final findings.
        escalated: cases whose clock ran out, by id.
    """

    change: Change
    unjudged: Mapping[str, str]
    manifest: str
    worked: Worked
    escalated: tuple[str, ...]


def run_day(
    context: Context, day: date, manifest: str | None = None, told: Callable[[str], None] = lambda _: None
) -> DayRun:
    """Judge a day as known at a manifest, else as it is now; doing it again changes nothing.

    Channels are looked at first, so that nothing is recorded that could not be told; they are told in the end what is
    on record and they have not heard, by this run or an earlier one. `told` hears what takes its time.

    Raises:
        UsageError: if channels cannot be used as they are configured.
    """
    channels = channels_of(context.workspace)
    know_channels(context, channels)
    held = context.lake.manifest(manifest).id
    policy = rule_policy(context.records, day)
    facts = gather(context, day, held, look_back(ALL, policy.limits), told)
    judged = judge(ALL, facts, policy.limits)
    found = documents_of(judged.findings, policy.id)
    change = record_findings(context, day, found)
    reports = reports_of_day(context, day)
    record_judged(context, day, Judgement(held, policy.id, judged.unjudged, change.waiting, reports))
    worked = work_findings(context, day, partial(pinner_of, context, day, held))
    raised = escalate(context)
    tell_recorded(context, channels)
    return DayRun(change, judged.unjudged, held, worked, tuple(raised))


def gather(
    context: Context,
    day: date,
    manifest: str,
    back: LookBack | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Facts:
    """All facts of a day of the lake, with what is looked back on; nothing before the day if omitted."""
    back = back or LookBack()
    whole = policy_in_force(context.records).whole
    source, rules = LakeSource(context.lake, manifest), rules_of(context.lake, manifest, whole)
    tellers = tellers_of(context.records, whole.monitoring.undeclared_clock_ns(day))
    of_day = day_facts(source, day, rules, tellers)
    of_sessions, untold = told_facts(context.lake, day, manifest, tellers)
    of_firm, absent = firm_facts(context, day, manifest)
    of_logs, not_logged = log_facts(context, day, manifest, tellers)
    of_record = record_facts(context.records, day, tellers)
    absent |= untold | not_logged
    waits = whole.monitoring.waits.on_or_first(day).value
    seen_until = None if context.clock() >= settled_at(of_day["close_at"], waits) else context.clock()
    members = {
        **of_day,
        **of_firm,
        **of_sessions,
        **of_logs,
        **of_record,
        "law": law_on(whole.book, day),
        "waits": waits,
        "drift": whole.monitoring.drift.on_or_first(day).value,
    }
    members["restated"] = restated_of(context.records, day)
    members["contradictions"] = contradictions_of(context, day, manifest, tellers)
    if seen_until is not None:
        return facts_of(day, members, absent | dict.fromkeys(OF_WHOLE_DAYS, UNJUDGED), seen_until)
    members["vendor"] = vendor_of_lake(context.lake, of_day, day, manifest)
    if members["vendor"] is None:
        absent["vendor"] = "no provider's own figures were taken in for the day"
    word, not_told = vendor_word(context, policy_in_force(context.records), day, manifest, of_day, told)
    of_choice, not_shown = shown_facts(context, day, manifest, of_day["routes"])
    agreed, more_absent = agreed_facts(context, day, manifest)
    maker = stream_maker(context, manifest, of_firm.get("affiliates"), told)
    members["agreed_levels"] = agreed_levels(context, day)
    chosen, not_chosen = choice_facts(context, day, manifest, back.choices, told)
    members |= {**agreed, **of_choice, **word, **chosen, "history": maker.until(day, of_day, back.sessions)}
    return facts_of(day, members, absent | more_absent | not_shown | not_told | not_chosen, None)


def stream_maker(
    context: Context, manifest: str, affiliates: pl.DataFrame | None, told: Callable[[str], None]
) -> StreamMaker:
    """Streams of the lake as it is known at a manifest, by the policy in force."""
    policy = policy_in_force(context.records)
    return StreamMaker(
        source=LakeSource(context.lake, manifest),
        rules=rules_of(context.lake, manifest, policy.whole),
        policy=policy.id,
        tellers=tellers_of(context.records),
        affiliates=affiliates,
        folder=context.workspace.streams_folder,
        told=told,
    )


def tellers_of(records: Records, undeclared_ns: int = 0) -> Tellers:
    """Which provider each source speaks of, and how well each provider's clock is declared to be."""
    providers: dict[str, str] = {}
    uncertainty: dict[str, int] = {}
    for item in source_outcomes(records):
        outcome: Any = item.outcome
        provider = str(outcome["provider"])
        providers[item.source_id] = provider
        declared = uncertainty_of(provider, outcome.get("sections", {}))
        if declared is not None:
            uncertainty[provider] = declared
    return Tellers(providers, uncertainty, undeclared_ns)
