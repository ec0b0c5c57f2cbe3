"""What the market was at an instant."""
