"""What the explorer shows, written from the published tables as files."""
