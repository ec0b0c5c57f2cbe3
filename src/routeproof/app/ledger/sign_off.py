"""After a sign-off: a checkpoint is kept at once, and a receipt is written for whoever signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.ledger.checkpoints import keep_checkpoint
from routeproof.app.ledger.receipts import write_receipt

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context


def sign_off(context: Context, index: int) -> Path:
    """Keep a checkpoint over the entry at `index` and write its receipt into the workspace; where the receipt is."""
    keep_checkpoint(context, always=True)
    path = context.workspace.root / "receipts" / f"{index}.receipt"
    write_receipt(context, index, path)
    return path
