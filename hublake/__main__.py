"""`python -m hublake` is the command `hublake`."""

from hublake.lake.cli import main

if __name__ == "__main__":
    main()
