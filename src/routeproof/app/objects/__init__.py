"""What every governed object shares: acting on it, folding it from the record, keeping its documents, refusing."""
