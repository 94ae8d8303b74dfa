"""Shared transform steps."""
