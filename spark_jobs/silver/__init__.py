"""Silver: what the responses mean."""
