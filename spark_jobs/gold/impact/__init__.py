"""The impact tables: how much others build on models and on authors."""
