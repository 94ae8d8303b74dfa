"""Listings of repositories: pages as the Hub sends them, and the listings that bronze already stores."""
