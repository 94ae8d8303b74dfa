"""Generates a synthetic hub from a seed, and the ground truth of what it contains."""
