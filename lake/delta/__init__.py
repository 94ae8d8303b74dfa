"""The Delta tables of a warehouse through delta-rs: schemas, reads, appends, published versions, maintenance. No Spark."""
