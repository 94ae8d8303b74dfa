"""Positions of models in pictures and maps: NumPy arrays in, arrays out, the same for the same input."""

LAYOUTS = ("families", "timeline", "tree", "circular", "kamada-kawai", "spring")  # the names that --layout takes
LIMITS = {"kamada-kawai": 500, "spring": 2_000, "circular": 5_000}  # most models: the first two grow with the square
