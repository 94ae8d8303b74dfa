"""The three things that `hublake explore` does: serve the explorer, write it as a folder, write one family as a file."""

import shlex
import webbrowser
from pathlib import Path
from shutil import copyfile, copytree, ignore_patterns
from threading import Thread

from hublake.explorer.api import Answers
from hublake.explorer.data.model_index import INDEX
from hublake.explorer.data.shards import write_details
from hublake.explorer.data.store import MANIFEST, data_folder, replaced_folder
from hublake.explorer.data.write import step, write_data
from hublake.explorer.server import HOST, STATIC, ExplorerServer, require_free
from hublake.explorer.single_file import family_page
from hublake.lake.errors import WrongUse
from hublake.lake.settings import Settings
from hublake.lake.signals import stop_event
from hublake.lake.terminal import echo
from hublake.serving.reader import PublishedTables, open_published


def serve(settings: Settings, as_of: str | None, port: int, *, opens_browser: bool) -> None:
    """Serve the explorer on this machine until Ctrl-C. Raises WrongUse where the port is taken."""
    require_free(port)
    published = open_published(settings, as_of)
    data = current_data(published)
    with stop_event() as stopped:
        answers = Answers(published, data, lambda: open_published(settings, as_of))
        with ExplorerServer(data, answers.by_name(), port) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            echo(f"The explorer is at {server.url}\nCtrl-C stops it.")
            if opens_browser:
                webbrowser.open(server.url)
            stopped.wait()
            answers.interrupt()
            server.shutdown()
    echo("\nStopped.")


def write_folder(published: PublishedTables, out: Path) -> None:
    """Write the explorer as a folder of files. Raises WrongUse where the folder has other files."""
    _require_own(out)
    data = current_data(published)
    with step(f"writing {out}"), replaced_folder(out.resolve()) as scratch:
        copytree(STATIC, scratch, dirs_exist_ok=True, copy_function=copyfile)
        copytree(data, scratch / "data", copy_function=copyfile, ignore=ignore_patterns(INDEX))
        write_details(published, scratch / "data")
    folder = shlex.quote(str(out))
    echo(f"The explorer is in {out}. To open it: python3 -m http.server --bind {HOST} --directory {folder} 8000, then http://{HOST}:8000/")


def write_family(published: PublishedTables, model_id: str, file: Path) -> None:
    """Write a model with its descendants and ancestors as one HTML file. Raises what `family_page` raises."""
    page = family_page(published, model_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page, "utf-8")
    echo(f"The family of {model_id} is in {file} ({file.stat().st_size / 1e6:.1f} MB): open it in a browser")


def _require_own(out: Path) -> None:
    """Raise WrongUse where a folder contains files that this command did not write."""
    if out.exists() and any(out.iterdir()) and not (out / "data" / MANIFEST).is_file():
        raise WrongUse(f"{out.resolve()} contains files that are not of an explorer. Choose another --out, or empty it")


def current_data(published: PublishedTables) -> Path:
    """The folder with the data of the published versions, written if it does not exist yet."""
    return data_folder(published, lambda folder: write_data(published, folder))
