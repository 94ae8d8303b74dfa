"""Readers of the published tables: exports and the report. They need no JVM."""
