"""The practice hub: generates a synthetic hub of any size or replays recorded responses, and serves the Hub's API on loopback."""
