"""Errors, named for what the reader can decide. Each message says what, where, what was seen and what to do."""


class HublakeError(Exception):
    """Any failure that Hublake foresees; the command prints its message alone and exits with `exit_code`."""

    exit_code = 1


class WrongUse(HublakeError):
    """The command or a setting asks for something that does not exist; raised before any work starts."""

    exit_code = 2


class UnknownTable(WrongUse):
    """A table name that no declaration carries."""


class MissingTable(HublakeError):
    """A declared table that the warehouse does not hold, or holds without a readable Delta log."""


class SchemaMismatch(HublakeError):
    """A frame whose columns are not those of the declaration; nothing was written."""


class HubUnreachable(HublakeError):
    """The endpoint gave no answer, or refused every one; what was fetched before stays in bronze."""


class StoreUnreachable(HublakeError):
    """The object store of a warehouse gave no answer for as long as it is waited for; what was committed before is whole."""


class CrawlIncomplete(HublakeError):
    """A crawl ended without everything it set out to fetch; what is missing is in bronze.crawl_failures."""


class ShardTaken(HublakeError):
    """Another process writes as the same shard of the same crawl; the later one stops, and nothing is stored twice."""


class SetUpMissing(HublakeError):
    """Something that must be installed is not: the message names it and the command that installs it."""


class GateClosed(HublakeError):
    """A table broke a critical expectation; it was not published, readers stay on the last good version."""

    exit_code = 3
