"""A quarter on its way to its review: its pack, the work that goes on meanwhile, what waits and for whom."""
