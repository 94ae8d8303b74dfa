"""Classes and static methods of the JVM are looked up once."""

from typing import Any

import pytest
from py4j.java_gateway import GatewayProperty, JVMView

from hublake.spark_jobs.engine.jvm_names import remember_names


class Client:
    """Responds as a JVM with a class `functions`, its method `col` and its field `count`."""

    converters: Any = ()
    gateway_property = GatewayProperty(False, None)

    def __init__(self) -> None:
        self.lookups: list[str] = []

    def send_command(self, command: str, *more: Any) -> str:
        _, kind, *names, _ = command.splitlines()
        self.lookups.append(names[0] if kind == "u" else names[1])
        return {"functions": "ycorg.apache.spark.sql.functions", "col": "ym"}.get(self.lookups[-1], "yi7")


def test_a_class_and_its_methods_are_looked_up_once_and_fields_each_time() -> None:
    client = Client()
    view = JVMView(client, "jvm", id="v1")
    remember_names(view)
    assert view.functions is view.functions
    assert view.functions.col is view.functions.col
    assert (view.functions.count, view.functions.count) == (7, 7)
    assert client.lookups == ["functions", "col", "count", "count"]


def test_a_name_that_no_class_has_is_an_error_each_time() -> None:
    client = Client()
    client.send_command = lambda *_: "x"  # type: ignore[method-assign]
    view = JVMView(client, "jvm", id="v1")
    remember_names(view)
    for _ in range(2):
        with pytest.raises(Exception, match="does not exist in the JVM"):
            _ = view.nothing
