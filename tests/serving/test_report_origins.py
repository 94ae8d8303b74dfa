"""The sections of the report on countries and institutions."""

import json
from datetime import date
from pathlib import Path

from tests.serving.report_text import facts, printed
from tests.serving.small_warehouse import write_tables, write_warehouse

SHARE = "coverage_share | downloads_coverage_share | origin_coverage_share | organisation_coverage_share"
ORIGINS = {
    "gold.country_share": f"""
        country | stratum   | models | downloads_by_publisher | models_share | downloads_by_publisher_share | downloads_by_origin_share | published_share | published_date | published_source | {SHARE}
        CN      | all       | 2      | 30                     | 0.2          | 0.3                          | 0.4                       | 0.171           | 2025-08-31     | Some Study       | 0.3 | 0.5 | 0.6 | 0.7
        US      | all       | 1      | 20                     | 0.1          | 0.2                          | 0.2                       |                 |                |                  | 0.3 | 0.5 | 0.6 | 0.7
        US      | year:2024 | 1      | 99                     | 0.9          | 0.9                          | 0.9                       |                 |                |                  | 0.3 | 0.5 | 0.6 | 0.7
        person  | all       | 5      | 40                     | 0.5          | 0.4                          | 0.3                       |                 |                |                  | 0.3 | 0.5 | 0.6 | 0.7
        unknown | all       | 2      | 10                     | 0.2          | 0.1                          | 0.1                       |                 |                |                  | 0.3 | 0.5 | 0.6 | 0.7
    """,
    "gold.concentration": """
        unit    | measure                | stratum | units | total | coverage_share | hhi  | gini | top_1_share | top_10_share
        country | downloads_by_publisher | all     | 2     | 50    | 0.5            | 0.52 | 0.1  | 0.6         | 1
        country | models                 | all     | 2     | 3     | 0.3            | 0.55 | 0.2  | 0.7         | 1
    """,
    "gold.institution_impact": """
        institution | kind    | country | namespaces | models | dependants | lineage_h_index | downloads_by_publisher | downloads_by_origin
        [A]         | company | CN      | a          | 2      | 7          | 1               | 30                     | 40
    """,
}


def test_countries_are_shown_with_their_coverage_and_with_what_has_no_country(tmp_path: Path) -> None:
    report = facts(write_tables(write_warehouse(tmp_path), ORIGINS, snapshot_date=date(2026, 1, 2)))
    text = printed(report, width=140)
    assert "known for 50.0% of downloads, 70.0% without persons', 30.0% of models" in text
    assert [row["country"] for row in report["origins"]["countries"]] == ["CN", "US", "person", "unknown"]
    assert "published: Some Study, 2025-08-31" in text
    assert "[A] CN 2 7 1" in text
    assert "0.520" in text
    assert "0.550" not in text
    assert json.dumps(report, default=str)


def test_a_warehouse_without_these_tables_has_no_section(tmp_path: Path) -> None:
    report = facts(write_warehouse(tmp_path))
    assert report["origins"] is None
    assert "Countries" not in printed(report, width=140)
