"""What a router really does: lists of venues tried, transitions, sweeps, times, changes, answers tested."""
