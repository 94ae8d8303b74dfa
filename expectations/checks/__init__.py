"""The handwritten checks of every table: one module per table, with a list CHECKS. Basic checks follow from the declaration."""
