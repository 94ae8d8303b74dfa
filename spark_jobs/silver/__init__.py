"""Silver: what the answers mean."""
