"""The explorer: the published tables as pages for a browser, from a local server or a static folder."""
