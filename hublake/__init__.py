"""Hublake: the Hugging Face Hub as a Delta lakehouse.

The packages live at the top of the repository and are linked here, so that one name is imported and installed.
"""

__version__ = "0.2.0"
