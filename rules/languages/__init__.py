"""Languages that models and datasets declare."""
