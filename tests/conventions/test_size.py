"""Modules and functions are small enough to be read at once."""

from statistics import median, quantiles

import pytest

from tests.conventions.sources import PACKAGES, ROOT, functions, modules

EVERY_MODULE = modules(*PACKAGES, "tests")


def test_a_module_has_at_most_500_lines() -> None:
    long = {str(path.relative_to(ROOT)): lines for path in EVERY_MODULE if (lines := len(path.read_text("utf-8").splitlines())) > 500}
    assert not long


def test_a_function_has_at_most_60_lines() -> None:
    assert not [function for path in EVERY_MODULE for function in functions(path) if function.lines > 60]


@pytest.mark.parametrize("package", PACKAGES)
def test_most_functions_are_short(package: str) -> None:
    bodies = [function.body_lines for path in modules(package) for function in functions(path)]
    assert median(bodies) <= 10
    assert quantiles(bodies, n=10)[-1] <= 40
