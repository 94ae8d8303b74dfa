"""The vendor tables: which authors build on whose models."""
