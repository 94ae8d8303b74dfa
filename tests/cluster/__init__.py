"""Clusters and services that lie beyond one process."""
