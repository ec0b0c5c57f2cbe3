"""The published benchmark: the main job beside its peers, in one run."""
