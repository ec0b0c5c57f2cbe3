"""Live monitoring: what arrives is journaled, folded where it changes something, judged and recorded."""
