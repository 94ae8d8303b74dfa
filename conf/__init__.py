"""Values that differ by place, and curated lists with the source of every row."""
