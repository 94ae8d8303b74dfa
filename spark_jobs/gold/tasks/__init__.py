"""Tasks of bases and of their derivatives."""
