"""Rules in plain Python, tested without a JVM; jobs apply them by the ways of `hublake.spark_jobs.dataframes.arrow_functions`."""
