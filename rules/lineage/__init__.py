"""The parents of a model: which models it derives from, and by which relation."""
