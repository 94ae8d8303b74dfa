"""Tables of silver, one module per domain."""
