"""The provider file, its register of conflicts and settings, and what is set beside its answers."""
