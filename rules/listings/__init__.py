"""The JSON objects of the Hub API: listed models and datasets, account overviews; and which crawls make up a snapshot."""
