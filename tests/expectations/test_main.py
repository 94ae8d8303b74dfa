"""`python -m hublake.expectations` lists expectations without Spark."""

from click.testing import CliRunner

from hublake.expectations.__main__ import main
from hublake.expectations.suite import suite_of
from hublake.lake.schema import find_table


def test_the_expectations_of_a_table_are_listed_with_severity_and_reason() -> None:
    lines = CliRunner().invoke(main, ["network_metrics"]).output.splitlines()
    assert lines[0] == "gold.network_metrics"
    assert len(lines) == 1 + len(suite_of(find_table("network_metrics")))
    assert "  critical  nodes is the number of listed models: guards against metrics of a part of the graph" in lines


def test_an_unknown_table_is_a_usage_error() -> None:
    result = CliRunner().invoke(main, ["modelz"])
    assert result.exit_code == 2
    assert "no table is called 'modelz'" in result.output
