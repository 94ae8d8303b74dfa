"""What every side of Hublake agrees on: tables, words, names, settings, errors. Imports no engine."""
