"""Datasets that models declare."""
