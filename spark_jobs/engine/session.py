"""The Spark session: from local jars, without a network, with the engine's log in a file."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from pyspark import SparkConf
from pyspark.sql import SparkSession

from hublake.lake.settings import Settings
from hublake.spark_jobs.engine.jars import class_archive, jar_files
from hublake.spark_jobs.engine.object_store import object_store_options

# A small build is hundreds of small tasks: the C1 compiler alone makes it a third faster than C1 and C2. Alone it gets a
# sixth of the space for code, and the JVM would throw away and compile again all the time. Space for some 30,000 classes at once saves it
# from collecting all garbage each time that a few thousand more are loaded; a heap that need not grow does the same.
QUICK_JVM = "-XX:MetaspaceSize=256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m"
# C2 as the JVM comes compiles what has run some thousand times, and so takes two fifths of the CPU of a build of a million models. Here a
# loop has to run half a million times before: that is what rows are, and what plans and logs of tables are not. And it takes in fewer of
# the methods that are called, and smaller ones: code that runs for a second is as fast, and C2 takes half the time for it.
STEADY_JVM = (
    "-XX:InitialRAMPercentage=10 -XX:MetaspaceSize=256m -XX:+UseParallelGC"
    " -XX:Tier4InvocationThreshold=100000 -XX:Tier4MinInvocationThreshold=12000"
    " -XX:Tier4CompileThreshold=300000 -XX:Tier4BackEdgeThreshold=500000"
    " -XX:InlineSmallCode=1000 -XX:FreqInlineSize=110 -XX:MaxInlineLevel=8"
)


def local_session(
    settings: Settings,
    work_folder: Path,
    log: Path | None = None,
    *,
    is_small: bool = False,
    on_top: Sequence[str] = (),
    java: str = "",
) -> SparkSession:
    """A session that this process starts itself; scratch files lie in `work_folder`, and spark.log unless `log` is given.

    `is_small` takes the options for a few thousand models (conf/spark/small.conf); `on_top` names further files of conf/spark;
    `java` is an option of the JVM in place of those that let it use the archive of its classes.

    Raises SetUpMissing where Java or the jars are not there.
    """
    work_folder.mkdir(parents=True, exist_ok=True)
    log = (log or work_folder / "spark.log").resolve()
    events = log.parent / "events"
    events.mkdir(exist_ok=True)
    log_settings = work_folder / "log4j2.properties"
    log_settings.write_text((files("hublake.conf") / "spark" / "log4j2.properties").read_text("utf-8"), "utf-8")
    master = settings.build.master
    # A second task for a few rows costs more than it saves.
    partitions = str(settings.build.shuffle_partitions or (1 if is_small else _threads(master)))
    # Executors must run this very Python, whatever PATH says.
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    jars = jar_files(settings)
    options = {
        # On the driver's own path too: threads that Spark did not start (the SQL server's) see no class that came by spark.jars.
        "spark.jars": ",".join(map(str, jars)),
        "spark.driver.extraClassPath": os.pathsep.join(map(str, jars)),
        "spark.driver.memory": settings.build.driver_memory,
        "spark.driver.extraJavaOptions": " ".join(
            [QUICK_JVM if is_small else STEADY_JVM, java or archive_options(settings), *_places(work_folder.resolve(), log_settings, log)]
        ),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events.as_uri(),
        "spark.eventLog.compress": "false",  # spark_jobs/engine/event_log.py reads it as it is
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": partitions,
        "spark.default.parallelism": partitions,
        "spark.local.dir": str(work_folder / "scratch"),
        "spark.sql.warehouse.dir": str(work_folder / "catalog"),
        **options_of("session.conf"),
        **object_store_options(settings.storage, os.environ),
        **options_of(*["small.conf"] * is_small, *on_top),
    }
    with _stderr_to(log):
        session = (
            SparkSession.builder.master(master).appName("hublake").config(conf=SparkConf().setAll(list(options.items()))).getOrCreate()
        )
    session.sparkContext.setCheckpointDir(str(work_folder / "checkpoints"))
    return session


def _places(work_folder: Path, log_settings: Path, log: Path) -> Iterator[str]:
    """Where the JVM writes what is no table."""
    yield f"-Dderby.stream.error.file={work_folder / 'derby.log'}"
    yield f"-Dlog4j2.configurationFile={log_settings.resolve().as_uri()}"
    yield f"-Dhublake.log={log}"


def archive_options(settings: Settings) -> str:
    """Options that let the JVM take its classes from an archive; if that does not fit, in silence from the jars."""
    classes = class_archive(settings)
    return f"-XX:SharedArchiveFile={classes} -Xlog:cds*=off" if classes.is_file() else ""


def submitted_session(settings: Settings, warehouse: str, on_top: Sequence[str] = ()) -> SparkSession:
    """The session of spark-submit, which has chosen master, memory and jars; checkpoints lie where all executors reach."""
    options = options_of("session.conf", *on_top) | object_store_options(settings.storage, os.environ)
    configured = SparkConf().setAll(list(options.items()))
    session = SparkSession.builder.appName("hublake").config(conf=configured).getOrCreate()
    session.sparkContext.setCheckpointDir(f"{warehouse.rstrip('/')}/_checkpoints")
    return session


def options_of(*names: str) -> dict[str, str]:
    """Files of conf/spark in the form of spark-submit's --properties-file; the later one counts."""
    lines = [line for name in names for line in (files("hublake.conf") / "spark" / name).read_text("utf-8").splitlines()]
    return dict(line.split(maxsplit=1) for line in lines if line.strip() and not line.startswith("#"))


def _threads(master: str) -> int:
    inner = master.partition("[")[2].rstrip("]").split(",")
    if master.startswith("local-cluster"):
        return int(inner[0]) * int(inner[1])
    return int(inner[0]) if inner[0].isdigit() else (os.cpu_count() or 1)


@contextmanager
def _stderr_to(log: Path) -> Iterator[None]:
    """Lines the JVM prints before its log is set up follow the file descriptor it inherits."""
    sys.stderr.flush()
    kept = os.dup(2)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
