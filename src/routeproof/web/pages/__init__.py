"""Pages, one file each: what is asked of `app/`, and which template shows it."""
