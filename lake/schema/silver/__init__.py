"""Silver tables, one module per domain."""
