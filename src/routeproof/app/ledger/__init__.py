"""Use cases of the ledger: notes, checkpoints, verification, export, receipts, keys, replay."""
