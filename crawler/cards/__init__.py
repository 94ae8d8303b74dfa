"""Cards of repositories: which to fetch, from where, and what a response contains."""
