"""Say after Ctrl-C what a build has published, and what to run."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pyarrow.compute as pc

from hublake.lake.delta.builds import BuildLog
from hublake.lake.errors import BuildInterrupted
from hublake.lake.paths import Location


@contextmanager
def report_interruption(location: Location) -> Iterator[None]:
    """Raise BuildInterrupted instead of KeyboardInterrupt."""
    begin = datetime.now(UTC)
    try:
        yield
    except KeyboardInterrupt:
        raise BuildInterrupted(f"interrupted. {_what_is_published(location, begin)}") from None


def _what_is_published(location: Location, begin: datetime) -> str:
    history = BuildLog(location).history()
    again = f"hublake build --warehouse {shlex.quote(location.address)}"
    if history.unfinished:
        return f"The build was being published, and readers stay on the last one until it is: complete it with {again}"
    new = history.rows.filter(pc.greater_equal(history.rows["committed_at"], begin))
    staged = new.filter(pc.equal(new["state"], "staged"))["run_id"]  # a repair or hublake optimise records versions that nobody staged
    is_of_build = pc.and_(pc.equal(new["state"], "published"), pc.is_in(new["run_id"], staged))
    if tables := new.filter(is_of_build).num_rows:
        return f"All {tables} tables of this build are published. Nothing is left to do"
    return f"Nothing of this build is published, and readers stay on the last one. Start it again: {again}"
