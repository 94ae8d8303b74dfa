"""A process that has imported everything a crawl needs, and forks for each crawl: starting up is most of a small crawl's time.

It reads orders as lines of JSON, and prints the exit code of each crawl, or the negative signal that killed it.
"""

import json
import os
import sys
from typing import Any

from scrapy.utils.misc import load_object, walk_modules_iter

from hublake.lake.cli import main as hublake

# Classes that Scrapy imports by name when a crawl starts.
LOADED_LATE = (
    "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler",
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
    "scrapy.extensions.remote_control.RemoteControl",
    "scrapy.extensions.telnet.TelnetConsole",
)


def become(order: dict[str, Any]) -> None:
    """Turn this process into `hublake ...`, as if a shell had started it."""
    for number, path, flags in ((0, os.devnull, os.O_RDONLY), (1, order["out"], os.O_WRONLY), (2, order["err"], os.O_WRONLY)):
        os.dup2(os.open(path, flags), number)
    os.environ.clear()
    os.environ.update(order["environ"])
    hublake(order["arguments"])


def main() -> None:
    """Process orders until there are no more."""
    list(walk_modules_iter("hublake.crawler"))
    for name in LOADED_LATE:
        load_object(name)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            become(order)
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
