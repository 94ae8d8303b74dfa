"""Rules in plain Python, tested without a JVM; jobs apply them at one `mapInPandas` boundary."""
