"""Graph algorithms by rounds of DataFrames, for a derivation graph with more pairs than one task may hold; nodes are 64-bit hashes."""
