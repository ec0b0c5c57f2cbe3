"""Cases: opened from findings, worked by people, with pinned evidence, harm and clocks."""
