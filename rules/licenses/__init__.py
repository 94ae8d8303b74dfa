"""Licences that models and datasets declare."""
