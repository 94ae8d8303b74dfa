"""What the name of a model says: brand, series, variant, size, stage, revision and format."""
