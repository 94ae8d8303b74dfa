"""Models read straight from the Hub, by the rules that the jobs apply to listings and cards."""
