"""The contract that all packages share: tables, enums, names, settings and errors. Imports no engine."""
