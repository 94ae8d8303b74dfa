"""Gold tables, one module per domain."""
