"""Rules that interpret model cards."""
