"""Expectations of every table, and the gate that validates a table before readers see it. Built on Great Expectations."""

import os

# Great Expectations reads this at import. It must not send usage statistics.
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
