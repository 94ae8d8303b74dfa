"""Positions of models in pictures and maps: NumPy arrays in, arrays out, the same for the same input."""
