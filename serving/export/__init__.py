"""Writes published tables to files."""
