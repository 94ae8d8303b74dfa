"""Helpers for DataFrames that transforms and the engine share: schemas, array columns, checkpoints, Python functions over Arrow batches."""
