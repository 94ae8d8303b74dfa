"""The section of the report on vendors."""

from datetime import date
from pathlib import Path

from tests.serving.report_text import facts, printed
from tests.serving.small_warehouse import write_tables, write_warehouse

SERIES = """
    vendor    | series | descendants_by_others
    Acme Corp | fox-1  | 7
    Acme Corp | fox-2  | 9
    bob       | hound  | 3
    eve       | hare   | 0
"""
PROFILES = """
    vendor    | country | releases_12m | median_days_between | released_series | latest_series
    Acme Corp | FI      | 2            | 100                 | 2      | fox-2, fox-1
    bob       |         | 1            |                     | 1      | hound
    eve       |         | 0            |                     | 1      | hare
"""
SUCCESSION = """
    vendor    | series | next_series | days_between | derivatives_after | derivatives_of_next | moved_share | is_window_complete
    Acme Corp | fox-1  | fox-2       | 100          | 1                 | 3                   | 0.75        | yes
    eve       | hare   | hare-2      | 4            | 0                 | 0                   |             | yes
"""


def test_vendors_are_ordered_by_what_others_build_on_their_series(tmp_path: Path) -> None:
    tables = {"gold.vendor_series": SERIES, "gold.vendor_profile": PROFILES, "gold.series_succession": SUCCESSION}
    report = facts(write_tables(write_warehouse(tmp_path), tables, snapshot_date=date(2026, 1, 2)))
    assert [row["vendor"] for row in report["vendors"]["by_series"]] == ["Acme Corp", "bob", "eve"]
    text = printed(report, 120)
    assert "Acme Corp FI 2 2 100 16 fox-2" in text
    assert "bob 1 1 3 hound" in text
    assert "after 100 days (median of 1 that others build on); in 90 days 75% of new derivatives move to it (median of 1)" in text
    assert "Acme Corp 16 fox-2" in printed(report, 45), "a narrow terminal shows the figures that matter most"


def test_a_warehouse_without_these_tables_has_no_section(tmp_path: Path) -> None:
    report = facts(write_warehouse(tmp_path))
    assert report["vendors"] is None
    assert "Vendors" not in printed(report, 120)
