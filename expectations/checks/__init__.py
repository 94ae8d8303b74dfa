"""Checks that a declaration cannot express: checks/<layer>/<table>.py with a list CHECKS holds all of one table."""
