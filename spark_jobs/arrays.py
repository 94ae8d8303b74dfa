"""Looks at each element of an array column, at the price of the look.

For every element that it takes out of an array of a row, Spark looks up in its settings how the element's type is read, which costs ten
times what a comparison does. Of a copy of the array, such as `slice` makes, it takes them as they are.
"""

from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F

LONGEST = 2**31 - 1

Condition = Callable[[Column], Column]


def filtered(array: str | Column, condition: Condition) -> Column:
    """The elements for which it holds, in their order; null of a null array."""
    return F.filter(copy(array), condition)


def has_any(array: str | Column, condition: Condition) -> Column:
    """Whether it holds for an element; null of a null array."""
    return F.exists(copy(array), condition)


def copy(array: str | Column) -> Column:
    """The same elements."""
    return F.slice(array, 1, LONGEST)
