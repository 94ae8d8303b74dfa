"""Institution, country and kind of the organisations that publish models."""
