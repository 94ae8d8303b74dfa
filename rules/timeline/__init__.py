"""Survival analysis: how long until something happens, where it has not happened yet for most."""
