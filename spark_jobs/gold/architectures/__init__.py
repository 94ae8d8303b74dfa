"""Architectures and sizes of models."""
