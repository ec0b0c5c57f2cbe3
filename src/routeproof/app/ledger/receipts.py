"""A receipt: one entry, provable to anybody who knows the log's key, by one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.ledger.checkpoints import sign_leaves
from routeproof.app.ledger.log_key import log_key
from routeproof.ledger.merkle import Tree
from routeproof.ledger.receipt import receipt_text
from routeproof.stores.files import write_whole
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context


def receipt_of(context: Context, index: int) -> bytes:
    """The receipt of the entry at `index`, under the log as it stands.

    Raises:
        UsageError: if there is no such entry.
    """
    key = log_key(context)
    leaves = context.records.leaves()
    if not 0 <= index < len(leaves):
        message = f"expected an entry from 0 to {len(leaves) - 1}, found {index}"
        raise UsageError(message, where="INDEX")
    (entry,) = context.records.entries(index, index + 1)
    proof = Tree(leaves).inclusion(index, 0, len(leaves))
    return receipt_text(index, entry, proof, sign_leaves(leaves, key).note, key.verifier)


def write_receipt(context: Context, index: int, out: Path) -> None:
    """Write the receipt of an entry into a file. Raises as `receipt_of`."""
    write_whole(out, receipt_of(context, index))
