"""Whether the market moves away after an order arrives, after a route, after a fill, as it does not otherwise."""
