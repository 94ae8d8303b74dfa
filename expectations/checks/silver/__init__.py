"""Checks of the silver tables."""
