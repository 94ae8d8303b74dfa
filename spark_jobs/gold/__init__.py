"""Gold jobs by domain; one file per table."""
