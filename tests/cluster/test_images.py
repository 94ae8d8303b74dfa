"""The packages of each image, without a docker engine."""

import re

from tools.dist import ROOT
from tools.images import EXTRAS, locked_packages, name_of

LINE = re.compile(r"^[\w.-]+==.*", re.MULTILINE)


def test_a_package_that_is_locked_for_several_pythons_is_there_for_each() -> None:
    lock, image = (LINE.findall(text) for text in ((ROOT / "requirements.lock").read_text("utf-8"), locked_packages(EXTRAS["spark"])))
    names = {name_of(line) for line in image}
    assert {"pyspark", "numpy", "great-expectations"} <= names
    assert image == [line for line in lock if name_of(line) in names]


def test_crawlers_carry_no_spark_and_spark_no_crawler() -> None:
    names = {image: {name_of(line) for line in LINE.findall(locked_packages(extras))} for image, extras in EXTRAS.items()}
    assert {"scrapy", "deltalake"} <= names["crawler"]
    assert "pyspark" not in names["crawler"]
    assert "scrapy" not in names["spark"]
