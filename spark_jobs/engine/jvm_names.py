"""Remember the classes and static methods of the JVM that Python has called.

py4j looks both up for each call: F.col is three round trips, and the first tries the name in every package that PySpark imports. In a
build of 2,000 models most of 86,000 round trips were such look-ups.
"""

from typing import Any

from py4j.java_gateway import JavaClass, JavaMember, JVMView


class RememberingClass(JavaClass):  # type: ignore[misc]  # py4j has no types
    """A class whose static methods are looked up once; fields, whose values may change, each time."""

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        if isinstance(found, JavaMember):
            self.__dict__[name] = found
        return found


class RememberingView(JVMView):  # type: ignore[misc]
    """A view of a JVM whose classes are looked up once."""

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        if isinstance(found, JavaClass):
            found.__class__ = RememberingClass
            self.__dict__[name] = found
        return found


def remember_names(view: JVMView) -> None:
    """Have the view of a gateway remember what it has looked up."""
    view.__class__ = RememberingView
