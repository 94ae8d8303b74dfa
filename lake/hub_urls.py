"""Addresses of pages on the Hub that results link to. Nothing here is requested."""

from urllib.parse import quote

HUB = "https://huggingface.co"


def model_url(model_id: str) -> str:
    """The page of a model.

    >>> model_url("owner/a name")
    'https://huggingface.co/owner/a%20name'
    """
    return f"{HUB}/{quote(model_id, safe='/')}"


def dataset_url(dataset_id: str) -> str:
    """The page of a dataset."""
    return f"{HUB}/datasets/{quote(dataset_id, safe='/')}"
