"""The three things that `hublake explore` does: serve the explorer, write it as a folder, write one family as a file."""

import webbrowser
from pathlib import Path
from threading import Thread

from hublake.explorer.api import Answers
from hublake.explorer.data.store import data_folder
from hublake.explorer.data.write import write_data
from hublake.explorer.server import ExplorerServer
from hublake.lake.settings import Settings
from hublake.lake.signals import stop_event
from hublake.lake.terminal import echo
from hublake.serving.reader import PublishedTables, open_published


def serve(settings: Settings, as_of: str | None, port: int, *, opens_browser: bool) -> None:
    """Serve the explorer on this machine until Ctrl-C. Raises WrongUse where the port is taken."""
    published = open_published(settings, as_of)
    data = current_data(published)
    with stop_event() as stopped:
        answers = Answers(published, lambda: open_published(settings, as_of))
        with ExplorerServer(data, answers.by_name(), port) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            echo(f"The explorer is at {server.url}\nCtrl-C stops it.")
            if opens_browser:
                webbrowser.open(server.url)
            stopped.wait()
            answers.interrupt()
            server.shutdown()
    echo("\nStopped.")


def current_data(published: PublishedTables) -> Path:
    """The folder with the data of the published versions, written if it does not exist yet."""
    return data_folder(published, lambda folder: write_data(published, folder))
