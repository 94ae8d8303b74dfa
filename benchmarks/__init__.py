"""Speed, measured: one module a figure, each with its peer in the same run. No test asserts any of it."""
