"""The metrics, one family per file; `ALL` in `routeproof.metrics.registry` lists them in reading order."""
