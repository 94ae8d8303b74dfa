"""What readers take away: files, and one screen."""
