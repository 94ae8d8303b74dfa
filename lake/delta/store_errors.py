"""Recognise errors of an object store that does not respond, and report them in one sentence."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from hublake.lake.errors import StoreUnreachable
from hublake.lake.paths import is_local

# The option of delta-rs, under [storage] in conf/, that also limits how long Spark retries a store that responds with 503.
RETRY_TIMEOUT = "retry_timeout"
# A line of an error that an unresponsive store causes, as S3A or as delta-rs words it; delta-rs draws its errors with arrows and colours.
NO_RESPONSE = re.compile(
    r".*(?:Status Code: 5\d\d|Unable to execute HTTP request|Generic S3 error.*(?: 5\d\d |error sending request|body error|timed out)).*"
)
DECORATION = re.compile(r"(?:\x1b\[\d+m|[\s↳│╰─▶])+")
SHOWN_CHARACTERS = 300


@contextmanager
def report_unreachable_store(address: str, kinds: tuple[type[Exception], ...] = (OSError,)) -> Iterator[None]:
    """Raise StoreUnreachable instead of an error of `kinds` that means the object store did not respond.

    The default kind is what delta-rs raises. All other errors pass through.
    """
    try:
        yield
    except kinds as error:
        lines = str(error).splitlines() if not isinstance(error, OSError) else [str(error)]
        cause = next((plain for plain in (DECORATION.sub(" ", line) for line in lines) if NO_RESPONSE.fullmatch(plain)), None)
        if is_local(address) or cause is None:
            raise
        raise StoreUnreachable(
            f"the object store of {address} did not respond within the retry limit (storage.{RETRY_TIMEOUT} in conf/)."
            f" Everything committed so far is complete: run the same command again once it responds."
            f" Seen: {cause.strip()[:SHOWN_CHARACTERS]}"
        ) from error
