"""HTTP towards the Hub: pacing, retries, outages, redirects and the token."""
