"""Tables to tables: jobs on Spark and GraphFrames, one file per table written."""
