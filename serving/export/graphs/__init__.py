"""The graph of lineage and its writers, one module per format with a function `write`."""
