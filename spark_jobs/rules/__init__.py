"""Rules in plain Python, tested without a JVM; jobs apply them by the ways of `spark_jobs.boundary`."""
