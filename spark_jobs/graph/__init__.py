"""Gold from the derivation graph."""
