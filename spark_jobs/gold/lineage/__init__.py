"""The lineage tables: positions, families, communities, motifs and metrics of the derivation graph."""
