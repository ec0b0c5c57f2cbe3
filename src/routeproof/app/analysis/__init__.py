"""What the router really does: comparison, conflicts, leakage, routing, counterfactuals, experiments."""
