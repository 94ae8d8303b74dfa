"""spark-submit on a cluster whose executors are other processes, with nothing of the checkout but the shipped zip."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyspark
from deltalake import DeltaTable

from lake.settings import load
from lake.tables.gold import MODEL_IMPACT
from spark_jobs.export.published import Published
from spark_jobs.jars import jar_files
from spark_jobs.job import jobs_for
from spark_jobs.session import QUICK_JVM
from tests.whole_way.conftest import Crawled
from tools.dist import ROOT, build


def spark_home(folder: Path) -> Path:
    """PySpark's own, but with a folder for the workers of local-cluster that is not in the environment."""
    folder.mkdir()
    for entry in Path(pyspark.__file__).parent.iterdir():
        if entry.name != "work":
            (folder / entry.name).symlink_to(entry)
    return folder


def test_the_same_build_runs_on_executors_in_other_processes(crawled: Crawled, tmp_path: Path) -> None:
    warehouse, home = tmp_path / "warehouse", spark_home(tmp_path / "spark")
    shutil.copytree(crawled.warehouse, warehouse)
    submit = [
        *(str(home / "bin" / "spark-submit"), "--master", "local-cluster[2,1,1024]"),
        *("--py-files", str(build(tmp_path / "dist")), "--jars", ",".join(map(str, jar_files(load())))),
        *("--properties-file", str(ROOT / "conf" / "spark" / "session.conf")),
        *("--conf", "spark.sql.shuffle.partitions=2", "--conf", "spark.ui.enabled=false"),
        *("--conf", f"spark.driver.extraJavaOptions={QUICK_JVM}", "--conf", f"spark.executor.extraJavaOptions={QUICK_JVM}"),
        *("--conf", "spark.driver.host=127.0.0.1", "--conf", "spark.driver.bindAddress=127.0.0.1"),
        *(str(ROOT / "spark_jobs" / "__main__.py"), "build", "model_impact", "--warehouse", str(warehouse)),
    ]
    environment = {**os.environ, "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(submit, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    executors = {path.parent.name for path in home.glob("work/app-*/*/stderr")}
    assert len(executors) == 2
    published = Published(str(warehouse), {})
    assert {job.name for job in jobs_for([MODEL_IMPACT])} <= set(published.tables)
    assert published.value("SELECT count(*) FROM gold.model_impact") == published.value("SELECT count(*) FROM silver.models")
    # The code came out of the zip: only a checkout knows its commit.
    history = DeltaTable(MODEL_IMPACT.path(str(warehouse))).history(1)
    assert '"git_sha": null' in history[0]["userMetadata"]
