"""What marketable routes could have cost at the venues that their router reaches: bounds, never a point."""
