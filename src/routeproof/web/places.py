"""Where objects of a noun have their pages: one list for links, actions and calls."""

from __future__ import annotations

from urllib.parse import quote

PLACES = {
    "case": "cases",
    "conflict": "conflicts",
    "config": "configurations",
    "certification": "certifications",
    "day": "days",
    "disclosure": "disclosures",
    "duty": "duties",
    "evidence": "evidence",
    "experiment": "experiments",
    "people": "people",
    "policy": "policy",
    "provider": "providers",
    "remediation": "remediation",
    "report": "reports",
    "restatement": "restatements",
    "review": "reviews",
    "sla": "sla",
    "suppress": "suppressions",
    "wsp": "wsp",
}
"""First part of a path, by noun."""
TITLES = {
    "certification": "Certifications",
    "config": "Routing configurations",
    "disclosure": "Register of disclosures",
    "evidence": "Holds on evidence",
    "report": "Public reports",
    "restatement": "Restatements",
    "sla": "Service level agreements",
    "suppress": "Suppressions",
}
"""What lists of objects are called, where the noun alone says too little."""


def title_of(noun: str) -> str:
    """The plural of a noun."""
    return TITLES.get(noun) or f"{noun.capitalize()}s"


def place_of(noun: str, object_id: str) -> str:
    """Address of an object's page."""
    return f"/{PLACES[noun]}/{quote(object_id, safe='')}"


def inside(to: str) -> str:
    """An address within the application; whatever else was asked for, the front page."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"
