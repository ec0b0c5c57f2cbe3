"""A checkpoint as a mail message, written to a file: whoever keeps the mail keeps the proof."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from routeproof.app.ledger.checkpoints import Signed, checkpoint_now, keep_checkpoint
from routeproof.app.ledger.log_key import log_key
from routeproof.stores.files import write_whole
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context


def mail_checkpoint(context: Context, path: Path) -> Signed:
    """Write the checkpoint of now as an `.eml` draft; nothing is sent."""
    signed = checkpoint_now(context)
    keep_checkpoint(context, always=True)
    checkpoint = signed.checkpoint
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"Ledger checkpoint {checkpoint.origin}, {checkpoint.size} entries"
    message["Date"] = format_datetime(datetime.fromtimestamp(context.clock() // NS_PER_S, tz=UTC))
    message.set_content(
        f"The ledger {checkpoint.origin} has {checkpoint.size} entries with the root\n{checkpoint.root.hex()}\n\n"
        "Keep the attached file; with it, anyone can show later that nothing before this moment was changed:\n"
        "python -I verify.py EXPORT --key KEY --checkpoint FILE\n\n"
        f"Key: {log_key(context).verifier}\n"
    )
    message.add_attachment(
        signed.note,
        maintype="application",
        subtype="octet-stream",
        filename=f"checkpoint-{checkpoint.size}.note",
    )
    write_whole(path, message.as_bytes())
    return Signed(checkpoint, signed.note, path)
