"""Hublake: the Hugging Face Hub as a Delta lakehouse.

The packages are folders at the top of the repository. They are linked here, so that there is one import root.
"""

__version__ = "0.2.0"
