"""Helpers on DataFrames that transforms and the engine share: schemas, array columns, Python functions over Arrow batches."""
