"""Influence of datasets, and disclosure of training data."""
