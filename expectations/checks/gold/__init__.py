"""Checks of the gold tables."""
