"""Release objects of the JVM that Python no longer uses, many with one call.

py4j sends a message for each object, a third of all round trips of a build, and a thread of the JVM does nothing but answer them.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from py4j.clientserver import ClientServer, JavaClient
from py4j.protocol import ENTRY_POINT_OBJECT_ID, GATEWAY_SERVER_OBJECT_ID

OBJECTS_PER_RELEASE = 200


class BatchingClient(JavaClient):  # type: ignore[misc]  # py4j has no types
    """A client of py4j that releases objects in batches."""

    unreleased: list[str]  # used by py4j's thread for finalizers alone
    release: Callable[[list[str]], None]

    def garbage_collect_object(self, target_id: str, enqueue: bool = True) -> None:
        """Queue an object for the thread for finalizers. That thread calls with `enqueue` false, which releases it with others."""
        if enqueue or target_id in (ENTRY_POINT_OBJECT_ID, GATEWAY_SERVER_OBJECT_ID):
            super().garbage_collect_object(target_id, enqueue)
            return
        self.unreleased.append(target_id)
        if len(self.unreleased) >= OBJECTS_PER_RELEASE:
            ids, self.unreleased = self.unreleased, []
            with suppress(Exception):  # as py4j's own method: an error would end the thread, and nothing would be released any more
                self.release(ids)


def release_in_batches(gateway: Any) -> None:
    """Have a gateway of PySpark release objects in batches. One without a thread for finalizers stays as it is."""
    client = gateway._gateway_client
    if isinstance(gateway, ClientServer) and not isinstance(client, BatchingClient):
        client.unreleased, client.release = [], _releaser(gateway)
        client.__class__ = BatchingClient


def _releaser(gateway: Any) -> Callable[[list[str]], None]:
    """A function that removes objects from those that the JVM keeps for Python."""
    kept = gateway.java_gateway_server.getGateway().getBindings().keySet()
    remove_all, tokens, list_of = kept.removeAll, gateway.jvm.java.util.StringTokenizer, gateway.jvm.java.util.Collections.list

    def release(ids: list[str]) -> None:
        remove_all(list_of(tokens(" ".join(ids))))  # one argument: py4j sends a message for each element of a list

    return release
