"""What the firm decides for itself: people, policy, duties, procedures, retention."""
