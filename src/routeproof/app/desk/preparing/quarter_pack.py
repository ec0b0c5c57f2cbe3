"""The pack of a quarter as the workspace keeps it, and whether it still says all that there is to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof import __version__
from routeproof.app.desk.look_back import review_id
from routeproof.app.desk.pinned_pack import read_pack
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.review.adoptions import adopted_since
from routeproof.app.review.earlier_builds import builds
from routeproof.app.review.order import Order
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.workspace import Workspace


def pack_folder(workspace: Workspace, review: str) -> Path:
    """Where the pack of a review is written if nobody names another place."""
    return workspace.root / "packs" / review


def fresh_pack(context: Context, quarter: str, provider: str) -> Path | None:
    """Folder of the pack that was built last; null if another build would say more, or if its files are not there.

    It would where data, policy or program have changed since, where an analysis was adopted since, and where that
    build had options of its own.
    """
    order = Order(quarter=quarter, provider=provider)
    built = builds(context.records, order.stream)
    if not built or adopted_since(context.records.stream(order.stream)):
        return None
    now = {
        "options": order.options(),
        "manifest": context.lake.manifest().id,
        "policy": policy_in_force(context.records).id,
        "version": __version__,
    }
    folder = pack_folder(context.workspace, review_id(quarter, provider))
    if any(built[-1].get(name) != value for name, value in now.items()):
        return None
    try:
        return folder if read_pack(folder, quarter, provider).hashes() == built[-1]["files"] else None
    except UsageError:
        return None
