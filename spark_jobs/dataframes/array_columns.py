"""Fast operations on the elements of array columns.

Spark's higher-order functions (filter, exists, transform) are slow on an array that was read from a file: for every element they look up in
the session's settings how the element's type is read, which costs ten times what a comparison does. They take the elements of a copied
array, such as `slice` returns, without that lookup.
"""

from collections.abc import Callable, Iterable

from pyspark.sql import Column
from pyspark.sql import functions as F

MAX_LENGTH = 2**31 - 1

Condition = Callable[[Column], Column]


def filter_elements(array: str | Column, condition: Condition) -> Column:
    """The elements that meet the condition, in order; null for a null array."""
    return F.filter(copy_array(array), condition)


def join_elements(array: str) -> Column:
    """All elements as one text: a cheap pre-check, since one search in it shows for most rows that no element matches.

    Compute it as a column of its own if several expressions need it: within a condition on elements, Spark computes it again for each.
    """
    return F.array_join(array, "\n")


def elements_with_prefix(array: str, prefix: str) -> Column:
    """The elements that begin with the prefix, in order; an empty array for a null array."""
    return F.when(join_elements(array).contains(prefix), _with_prefix(array, prefix)).otherwise(no_text())


def elements_without_prefix(array: str, prefix: str, text: Column) -> Column:
    """The remainders after the prefix of the elements that begin with it; `text` is `join_elements` of the array."""
    rest = F.transform(_with_prefix(array, prefix), lambda element: F.substring(element, len(prefix) + 1, MAX_LENGTH))
    return F.when(text.contains(prefix), rest).otherwise(no_text())


def any_element(array: str | Column, condition: Condition) -> Column:
    """Whether an element meets the condition; null for a null array."""
    return F.exists(copy_array(array), condition)


def listed_elements(array: str | Column, values: Iterable[str]) -> Column:
    """The distinct elements that are among the values, in order; null for a null array.

    Spark makes one set of the values of `isin`. `array_intersect` would make it again for each row, which for 200 values takes 30 μs.
    """
    return F.array_distinct(filter_elements(array, lambda element: element.isin(*sorted(values))))


def has_listed_element(array: str | Column, values: Iterable[str]) -> Column:
    """Whether an element is among the values; null for a null array. Faster than `arrays_overlap`, as `listed_elements` is."""
    return any_element(array, lambda element: element.isin(*sorted(values)))


def copy_array(array: str | Column) -> Column:
    """A copy of the array, whose elements Spark reads without a lookup for each."""
    return F.slice(array, 1, MAX_LENGTH)


def _with_prefix(array: str, prefix: str) -> Column:
    return filter_elements(array, lambda element: element.startswith(prefix))


def no_text() -> Column:
    """An empty array of text."""
    return F.array().cast("array<string>")
