"""A hub to practise on: makes a plausible hub of any size, or replays recorded answers, and serves the Hub's API on loopback."""
