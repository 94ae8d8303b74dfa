"""Errors, named for the decision that they call for. Each message says what failed, where, what was seen, and what to do."""


class HublakeError(Exception):
    """A failure that Hublake anticipates. The command prints only its message and exits with `exit_code`."""

    exit_code = 1


class WrongUse(HublakeError):
    """The command line or a setting refers to something that does not exist; raised before any work starts."""

    exit_code = 2


class UnknownTable(WrongUse):
    """No declared table has this name."""


class UnknownModel(WrongUse):
    """No model of the snapshot has this name. `fact` is the message without the command that finds names."""

    def __init__(self, fact: str, advice: str = "") -> None:
        super().__init__(fact + advice)
        self.fact = fact


class MissingTable(HublakeError):
    """The warehouse lacks a declared table."""


class DamagedTable(HublakeError):
    """A table's files, log or commits are not what Hublake wrote; the message says how to repair it or what is lost."""


class UnusableWarehouse(HublakeError):
    """The disk of a warehouse is full, or this user may not read or write there; everything committed before is complete."""


class SchemaMismatch(HublakeError):
    """The columns of a frame differ from the declaration; nothing was written."""


class HubUnreachable(HublakeError):
    """The endpoint did not respond, or refused every request; what was fetched before stays in bronze."""


class StoreUnreachable(HublakeError):
    """The object store of a warehouse did not respond within the retry limit; everything committed before is complete."""


class CrawlIncomplete(HublakeError):
    """A crawl ended without everything that it should fetch; what is missing is in bronze.crawl_failures."""


class ShardTaken(HublakeError):
    """Another process writes the same shard of the same crawl; the later process stops, so nothing is stored twice."""


class SetUpMissing(HublakeError):
    """A required installation is missing; the message names it and the command that installs it."""


class BuildInterrupted(HublakeError):
    """The user stopped a build; the message says what it has published."""


class GateClosed(HublakeError):
    """A table violates a critical expectation; it was not published, and readers stay on the last good version."""

    exit_code = 3
