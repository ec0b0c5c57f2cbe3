"""What going live depends on: the provider's settings, runs on record, the scripts that policy demands."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import shown
from routeproof.app.objects.governed import objects_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.certification import CERTIFICATION
from routeproof.governance.config import CONFIG
from routeproof.governance.provider.noun import PROVIDER
from routeproof.stores.shipped_certification import shipped_script_bytes
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.objects.act import Around
    from routeproof.governance.config import Configuration
    from routeproof.stores.records import Records

PINNED = "@"


def go_live_around(context: Context, provider_id: str) -> Around:
    """Facts for `provider go-live`, as the record has them under its lock."""

    def around(records: Records) -> Mapping[str, Any]:
        runs = tuple(item for item in objects_of(records, CERTIFICATION) if item.provider == provider_id)
        return {
            "configurations": configurations_of(records, provider_id),
            "certifications": runs,
            "scripts": demanded_scripts(records, context.business_day) | demanded_scripts(records, context.today),
        }

    return around


def configurations_of(records: Records, provider_id: str) -> tuple[Configuration, ...]:
    """Configuration records of a provider."""
    return tuple(item for item in objects_of(records, CONFIG) if item.provider == provider_id)


def demanded_scripts(records: Records, day: date) -> dict[str, str]:
    """Scripts that must have passed, by the policy in force on a day: id to SHA-256 of the file.

    Raises:
        UsageError: policy names a script that does not come with the program, without a hash.
    """
    found: dict[str, str] = {}
    shipped = shipped_script_bytes()
    for named in policy_in_force(records).whole.providers.certification_scripts.on_or_first(day).value:
        name, _, sha256 = named.partition(PINNED)
        if not sha256 and name not in shipped:
            message = f"expected a shipped script ({', '.join(shipped)}) or NAME@SHA256 in policy, found {named!r}"
            raise UsageError(message, where="certification_scripts")
        found[name] = sha256 or hashlib.sha256(shipped[name]).hexdigest()
    return found


def provider_shown(context: Context, provider_id: str, on: date | None = None) -> dict[str, Any]:
    """The provider's file as `provider show` tells it: with what must be certified again; on a day, as it stood then.

    Raises:
        UsageError: if there is none of that id, or it began after the day.
    """
    around = {"configurations": configurations_of(context.records, provider_id)}
    return shown(context, PROVIDER, provider_id, around, on, until=on)
