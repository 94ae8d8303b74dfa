"""Truths that a declaration cannot say: one module per table, named after it, with a list SUITE."""
