"""How models were made."""
