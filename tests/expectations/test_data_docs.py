"""Values of the Hub on the HTML pages of Great Expectations."""

import logging
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import great_expectations as gx
import pytest

from hublake.expectations.aggregates import Measurement
from hublake.expectations.data_docs import write_data_docs
from hublake.expectations.suite import suite_of
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.terminal import printable
from tests.nasty_names import NASTY_NAMES


class Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: dict[str, int] = {}
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] = self.elements.get(tag, 0) + 1
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def page_with(folder: Path, examples: tuple[str, ...]) -> Page:
    """The page of silver.models on which the first expectation of each kind fails with these examples."""
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context: Any = gx.get_context(mode="ephemeral")
    kinds = {type(e): e for e in reversed(suite_of(MODELS))}.values()
    measured = [Measurement(e, is_met=False, observed=float(len(examples)), examples=examples, is_figure=False) for e in kinds]
    write_data_docs(context, folder, "run", [(MODELS.full_name, 100, measured)])
    (path,) = folder.rglob("silver.models.html")
    return Page(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return page_with(tmp_path_factory.mktemp("harmless"), tuple(f"name {number}" for number in range(len(NASTY_NAMES))))


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return page_with(tmp_path_factory.mktemp("nasty"), NASTY_NAMES)


def test_no_name_adds_an_element_or_an_attribute_to_a_page(harmless: Page, nasty: Page) -> None:
    assert nasty.elements == harmless.elements
    assert nasty.attributes == harmless.attributes


def test_every_name_is_readable_on_the_page(nasty: Page) -> None:
    assert [name for name in NASTY_NAMES if printable(name) not in nasty.text] == []
