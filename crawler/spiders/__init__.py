"""The spiders: one module each, on common base classes (base.py, listing.py, reconciling.py)."""
