"""Tables of gold, one module per domain."""
