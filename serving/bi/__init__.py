"""Clients of `hublake serve` for BI tools: a SQLAlchemy dialect and an engine specification for Superset."""
