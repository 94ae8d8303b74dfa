"""The report on a warehouse, and what it prints."""

from io import StringIO
from pathlib import Path
from typing import Any

from hublake.lake.console import PrintableConsole
from hublake.serving.reader import PublishedTables
from hublake.serving.report import read_report
from hublake.serving.report_view import print_report


def facts(folder: Path) -> dict[str, Any]:
    return read_report(PublishedTables(str(folder), {}))


def printed_lines(report: dict[str, Any], width: int = 120) -> str:
    output = StringIO()
    print_report(report, PrintableConsole(width=width, file=output))
    return output.getvalue()


def printed(report: dict[str, Any], width: int = 120) -> str:
    """The printed report with single blanks between all words."""
    return " ".join(printed_lines(report, width).split())
