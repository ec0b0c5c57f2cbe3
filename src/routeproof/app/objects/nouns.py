"""Every kind of governed object: replay and the binder go through all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.governance.case.noun import CASE
from routeproof.governance.certification import CERTIFICATION
from routeproof.governance.config import CONFIG
from routeproof.governance.conflict import CONFLICT
from routeproof.governance.day import DAY
from routeproof.governance.disclosure import DISCLOSURE
from routeproof.governance.duty.noun import DUTY
from routeproof.governance.evidence import EVIDENCE
from routeproof.governance.experiment import EXPERIMENT
from routeproof.governance.internalised import INTERNALISED
from routeproof.governance.people import PEOPLE
from routeproof.governance.policy import POLICY
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.remediation.noun import REMEDIATION
from routeproof.governance.report import REPORT
from routeproof.governance.restatement import RESTATEMENT
from routeproof.governance.review.noun import REVIEW
from routeproof.governance.sla.noun import SLA
from routeproof.governance.suppression import SUPPRESSION
from routeproof.governance.wsp import WSP

if TYPE_CHECKING:
    from routeproof.governance.decider import Noun

NOUNS: tuple[Noun[Any], ...] = (
    CASE,
    CERTIFICATION,
    CONFIG,
    CONFLICT,
    DAY,
    DISCLOSURE,
    DUTY,
    EVIDENCE,
    EXPERIMENT,
    INTERNALISED,
    PEOPLE,
    POLICY,
    PROVIDER,
    REMEDIATION,
    REPORT,
    RESTATEMENT,
    REVIEW,
    SLA,
    SUPPRESSION,
    WSP,
)
"""A new noun is one file in `governance/` and one name here."""
