"""Graph algorithms on NumPy arrays, without Spark: components, lineage positions and impact sums of the derivation graph."""
