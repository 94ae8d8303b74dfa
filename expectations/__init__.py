"""What must be true of a table before readers see it. Great Expectations does the checking."""

import os

# Read by the library when it is imported: nothing of what is checked may leave this machine.
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
