"""Architectures, numbers of parameters and how weights are stored."""
