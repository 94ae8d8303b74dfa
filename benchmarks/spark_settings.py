"""What settings of conf/spark are worth: a job's time as we set them, beside the same job with another value.

Takes a warehouse that was built (`hublake hub --models 100000`, crawl, build) and only reads it: rows are made and thrown away.
    python -m benchmarks.spark_settings --warehouse demo/warehouse
"""

import tempfile
from pathlib import Path

import click
from pyspark.sql import SparkSession

from benchmarks.figure import lap, show
from hublake.lake.options import WAREHOUSE
from hublake.lake.settings import load
from hublake.spark_jobs.engine.discovery import all_jobs
from hublake.spark_jobs.engine.session import read_spark_conf, start_local_session
from hublake.spark_jobs.engine.snapshots import select_snapshot
from hublake.spark_jobs.engine.staging import StagingArea
from hublake.spark_jobs.engine.warehouse import Warehouse

PARTITIONS = {"spark.sql.shuffle.partitions": "200"}
NOT_ADAPTIVE = {"spark.sql.adaptive.enabled": "false"}
# A job that feels it -> what else could be set.
OTHERS = {
    "silver.model_languages": {"Arrow batches of 10,000 rows": {"spark.sql.execution.arrow.maxRecordsPerBatch": "10000"}},
    "gold.contributor_impact": {
        "200 shuffle partitions": PARTITIONS,
        "not adaptive": NOT_ADAPTIVE,
        "200 shuffle partitions, not adaptive": PARTITIONS | NOT_ADAPTIVE,
        "plans interpreted, as for few models": {k: v for k, v in read_spark_conf("small.conf").items() if k.startswith("spark.sql.")},
    },
}


@click.command()
@WAREHOUSE
@click.option("--rounds", default=2, show_default=True, help="Of each; the best counts.")
def main(warehouse: str | None, rounds: int) -> None:
    """One line a setting."""
    settings = load(flags={"warehouse": warehouse})
    with tempfile.TemporaryDirectory(prefix="hublake-bench-") as folder:
        spark = start_local_session(settings, Path(folder))
        lake = Warehouse(spark, settings.warehouse, settings.storage)
        for job, others in OTHERS.items():
            seconds(lake, job)  # what is compiled and read for the first time counts for nobody
            ours = min(seconds(lake, job) for _ in range(rounds))
            for what, options in others.items():
                show(job, ours, min(seconds(lake, job, options) for _ in range(rounds)), unit="s", peer_name=what)
        spark.stop()


def seconds(lake: Warehouse, name: str, options: dict[str, str] | None = None) -> float:
    """How long the rows of a table take to make, with other options for so long."""
    job, day = all_jobs()[name], select_snapshot(lake, None)
    candidates = StagingArea(lake, "benchmark")
    before = _set(lake.spark, options or {})
    with lap() as taken:
        rows = job.transform(*[candidates.read_snapshot(table, day) for table in job.reads])
        rows.write.format("noop").mode("overwrite").save()
    _set(lake.spark, before)
    lake.spark.catalog.clearCache()
    return taken.seconds


def _set(spark: SparkSession, options: dict[str, str]) -> dict[str, str]:
    """Take options; answers what there was before."""
    before = {name: str(spark.conf.get(name)) for name in options}
    for name, value in options.items():
        spark.conf.set(name, value)
    return before


if __name__ == "__main__":
    main()
