"""What is fetched: one spider a module."""
