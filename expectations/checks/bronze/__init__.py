"""Checks of the bronze tables."""
