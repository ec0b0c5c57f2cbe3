"""A new key for the log: the old one signs the new one, and the change is an entry under both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.ledger.checkpoints import sign_leaves
from routeproof.app.ledger.log_key import ROTATED, key_fact, log_key, prepare_key, swap_key
from routeproof.app.objects.attest import attest
from routeproof.app.objects.entitled import role_for
from routeproof.ledger import base64_strict
from routeproof.ledger.key_chain import rotation_text
from routeproof.stores.files import write_whole

if TYPE_CHECKING:
    from routeproof.app.context import Context


def rotate_key(context: Context) -> dict[str, Any]:
    """Replace the log's key; a checkpoint over the entry that says so is signed by both keys and kept.

    The old private key stays beside the new one as `ledger.ID.retired.key`; destroy it when nothing needs it.

    Raises:
        RefusalError: in a workspace with a roster, if the person may not.
    """
    role = role_for(context, "ledger.rotate_key")
    old = log_key(context)
    new = prepare_key(context)
    names = str(old.verifier), str(new.verifier)
    signature = base64_strict.encode(old.private.sign(rotation_text(*names)))
    fact = key_fact(context, ROTATED, {"old": names[0], "new": names[1], "signature": signature}, role)
    acting = context.acting
    (index,) = context.records.decide(lambda now: [attest(fact, acting.key, now.size()) if acting else fact])
    leaves = context.records.leaves(0, index + 1)
    first, second = sign_leaves(leaves, old).note, sign_leaves(leaves, new).note
    both = first + second.rpartition(b"\n\n")[2]
    write_whole(context.workspace.checkpoints_folder / f"{index + 1}.note", both)
    swap_key(context)
    return {"old": names[0], "new": names[1], "ledger_index": index}
