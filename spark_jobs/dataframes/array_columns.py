"""Looks at each element of an array column, at the price of the look.

For every element that it takes out of an array of a row, Spark looks up in its settings how the element's type is read, which costs ten
times what a comparison does. Of a copy of the array, such as `slice` makes, it takes them as they are.
"""

from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F

LONGEST = 2**31 - 1

Condition = Callable[[Column], Column]


def filter_elements(array: str | Column, condition: Condition) -> Column:
    """The elements for which it holds, in their order; null of a null array."""
    return F.filter(copy_array(array), condition)


def join_elements(array: str) -> Column:
    """All elements as one text, which most often tells at once that none is looked for.

    To be had as a column of its own where several ask: within a condition on elements Spark makes it anew, and slowly.
    """
    return F.array_join(array, "\n")


def elements_with_prefix(array: str, prefix: str) -> Column:
    """The elements that begin so, in their order; none of a null array."""
    return F.when(join_elements(array).contains(prefix), _beginning(array, prefix)).otherwise(_none())


def elements_without_prefix(array: str, prefix: str, text: Column) -> Column:
    """What stands behind the prefix in the elements that begin so; `text` is the array `joined`."""
    rest = F.transform(_beginning(array, prefix), lambda element: F.substring(element, len(prefix) + 1, LONGEST))
    return F.when(text.contains(prefix), rest).otherwise(_none())


def any_element(array: str | Column, condition: Condition) -> Column:
    """Whether it holds for an element; null of a null array."""
    return F.exists(copy_array(array), condition)


def copy_array(array: str | Column) -> Column:
    """The same elements."""
    return F.slice(array, 1, LONGEST)


def _beginning(array: str, prefix: str) -> Column:
    return filter_elements(array, lambda element: element.startswith(prefix))


def _none() -> Column:
    return F.array().cast("array<string>")
