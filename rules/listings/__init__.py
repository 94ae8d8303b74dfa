"""What an answer of the Hub's API means."""
