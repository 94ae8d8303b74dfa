"""What is said of an object store that does not answer."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from hublake.lake.errors import StoreUnreachable
from hublake.lake.paths import is_local

# How long the one side waits for a store that answers 503, the other does too.
PATIENCE = "retry_timeout"
# A line of an error that comes of a store without an answer: of S3A, and of delta-rs in its box of arrows and colours.
SILENCE = re.compile(r".*(?:Status Code: 5\d\d|Unable to execute HTTP request|Generic S3 error.*(?: 5\d\d |error sending request)).*")
DRAWN = re.compile(r"(?:\x1b\[\d+m|[\s↳│╰─▶])+")
SEEN_CHARACTERS = 300


@contextmanager
def store_waited_for(address: str, kinds: tuple[type[Exception], ...] = (OSError,)) -> Iterator[None]:
    """Raises StoreUnreachable in place of one of `kinds`, by default what delta-rs raises, where the store does not answer."""
    try:
        yield
    except kinds as error:
        lines = str(error).splitlines() if not isinstance(error, OSError) else [str(error)]
        silence = next((plain for plain in (DRAWN.sub(" ", line) for line in lines) if SILENCE.fullmatch(plain)), None)
        if is_local(address) or silence is None:
            raise
        raise StoreUnreachable(
            f"the object store of {address} gave no answer for as long as it is waited for (storage.{PATIENCE} in conf/)."
            f" What was committed is whole: run the same command again once it answers. Seen: {silence.strip()[:SEEN_CHARACTERS]}"
        ) from error
