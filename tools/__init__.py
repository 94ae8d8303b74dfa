"""Small programs that only make starts."""
