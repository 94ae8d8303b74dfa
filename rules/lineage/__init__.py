"""Which models a model derives from, and how."""
