"""spark-submit on a real cluster that loses a worker during the build, with the code from the shipped zip only."""

import shutil
from pathlib import Path

import pytest
from deltalake import DeltaTable

from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.serving.reader import PublishedTables
from hublake.spark_jobs.engine.discovery import all_jobs
from hublake.spark_jobs.engine.results import TableResult
from hublake.spark_jobs.engine.session import read_spark_conf
from tests.cluster.standalone import StandaloneCluster
from tests.end_to_end.comparison import differences
from tests.end_to_end.conftest import Crawled
from tools.dist import build_wheel

pytestmark = pytest.mark.timeout(900)


def test_a_build_that_loses_a_worker_has_the_tables_of_a_build_on_one_machine(
    crawled: Crawled, built: tuple[PublishedTables, list[TableResult]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The other build computes the graph in one task, this one by rounds of both workers.
    monkeypatch.setenv("HUBLAKE_GRAPH_MAX_PAIRS_IN_ONE_TASK", "100")
    warehouse = tmp_path / "warehouse"
    shutil.copytree(crawled.warehouse, warehouse)
    code = build_wheel(tmp_path / "dist")
    with StandaloneCluster(tmp_path / "cluster") as cluster:
        driver = cluster.submit(code, "build", "--warehouse", str(warehouse), conf=read_spark_conf("small.conf"))
        # By now both workers have results that later tables are computed from.
        driver.wait_for(r"built\s+silver\.lineage_edges")
        cluster.workers[0].kill()
        cluster.master.wait_for("Removing worker")
        assert driver.process.wait(600) == 0, driver.output()[-3000:]
        used = [worker for worker in range(2) if list(cluster.folder.glob(f"work{worker}/app-*/*/stderr"))]
    assert used == [0, 1]
    assert "built  gold.model_impact" in driver.output().partition("silver.lineage_edges")[2]
    on_cluster = PublishedTables(str(warehouse), {})
    assert on_cluster.tables.keys() >= all_jobs().keys()
    assert differences(built[0], on_cluster) == {}
    # The code is from the zip: only a checkout knows its commit.
    history = DeltaTable(MODEL_IMPACT.path(str(warehouse))).history(1)
    assert '"git_sha": null' in history[0]["userMetadata"]
    assert '"method": "leaves contracted by Spark in ' in history[0]["userMetadata"]
