"""Start or join a Spark session: jars from local files, no network, engine log written to a file."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from pyspark import SparkConf
from pyspark.sql import SparkSession

from hublake.lake.settings import Settings
from hublake.spark_jobs.engine.jars import first_spark_jars, jar_files
from hublake.spark_jobs.engine.jvm_names import remember_names
from hublake.spark_jobs.engine.jvm_releases import release_in_batches
from hublake.spark_jobs.engine.object_store import object_store_options

# A small build runs hundreds of small tasks: it takes a third less time with the C1 compiler alone than with C1 and C2. C1 alone reserves a
# sixth of the usual code cache, so the JVM would evict and recompile code all the time: 256 MB prevents that. A metaspace threshold for
# about 30,000 classes avoids a full garbage collection each time that a few thousand more classes are loaded. Below the threshold for
# reflection the JVM generates no class for a method that has been called 15 times through reflection: there are 1,100 of them.
SMALL_BUILD_JVM = (
    "-XX:MetaspaceSize=256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m"
    " -Dsun.reflect.inflationThreshold=2000000000"
)
# With the JVM's defaults, C2 compiles a method after a few thousand calls and takes two fifths of the CPU of a build of a million models.
# These thresholds raise that to half a million loop iterations: code that processes rows reaches them, query planning and log parsing do
# not. The inlining limits make C2 inline fewer and smaller methods: code that runs for a second is as fast, and C2 takes half the time.
# An initial heap of a tenth of the memory and the metaspace threshold avoid collections while both grow.
LARGE_BUILD_JVM = (
    "-XX:InitialRAMPercentage=10 -XX:MetaspaceSize=256m -XX:+UseParallelGC"
    " -XX:Tier4InvocationThreshold=100000 -XX:Tier4MinInvocationThreshold=12000"
    " -XX:Tier4CompileThreshold=300000 -XX:Tier4BackEdgeThreshold=500000"
    " -XX:InlineSmallCode=1000 -XX:FreqInlineSize=110 -XX:MaxInlineLevel=8"
)
LOCAL_FILES_CLASS = "hublake.LocalFiles"  # spark_jobs/engine/LocalFiles.scala


def start_local_session(
    settings: Settings,
    work_folder: Path,
    log: Path | None = None,
    *,
    is_small: bool = False,
    extra_conf: Sequence[str] = (),
) -> SparkSession:
    """Start a session in this process. Scratch files go to `work_folder`; so does spark.log unless `log` is given.

    `is_small` applies the options for a few thousand models (conf/spark/small.conf); `extra_conf` names further files of conf/spark.

    Raises SetUpMissing if Java or a jar is not installed.
    """
    work_folder.mkdir(parents=True, exist_ok=True)
    log = (log or work_folder / "spark.log").resolve()
    events = log.parent / "events"
    events.mkdir(exist_ok=True)
    master = settings.build.master
    # A second task for a few rows costs more than it saves.
    partitions = str(settings.build.shuffle_partitions or (1 if is_small else _core_count(master)))
    # Executors must run the same Python as the driver, regardless of PATH.
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    jars = jar_files(settings)
    is_one_process = master.startswith("local") and not master.startswith("local-cluster")
    # With the whole heap from the start, collections of a small build take half of the time.
    jvm_options = [SMALL_BUILD_JVM, f"-Xms{settings.build.driver_memory}"] if is_small else [LARGE_BUILD_JVM]
    options = {
        # Threads that Spark did not start (the SQL server's) cannot load classes from spark.jars, from which each executor copies all jars.
        "spark.driver.extraClassPath": os.pathsep.join(map(str, [*first_spark_jars(), *jars])),
        **({} if is_one_process else {"spark.jars": ",".join(map(str, jars))}),
        "spark.driver.memory": settings.build.driver_memory,
        "spark.driver.extraJavaOptions": " ".join([*jvm_options, *_jvm_files(work_folder.resolve(), log)]),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        # Other users of this machine reach Spark's ports on loopback. In one process, Spark generates the secret itself.
        "spark.authenticate": str(is_one_process).lower(),
        "spark.ui.enabled": "false",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events.as_uri(),
        "spark.eventLog.compress": "false",  # spark_jobs/engine/event_log.py reads it uncompressed
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": partitions,
        "spark.default.parallelism": partitions,
        "spark.local.dir": str(work_folder / "scratch"),
        "spark.sql.warehouse.dir": str(work_folder / "catalog"),
        # Executors of other processes use files before they have the jars.
        **({"spark.hadoop.fs.file.impl": LOCAL_FILES_CLASS} if is_one_process else {}),
        **read_spark_conf("session.conf"),
        **object_store_options(settings.storage, os.environ),
        **read_spark_conf(*["small.conf"] * is_small, *extra_conf),
    }
    configured = SparkConf().setAll(list(options.items()))
    with _stderr_to(log):
        session = SparkSession.builder.master(master).appName("hublake").config(conf=configured).getOrCreate()
    session.sparkContext.setCheckpointDir(str(work_folder / "checkpoints"))
    _reduce_round_trips(session)
    return session


def _jvm_files(work_folder: Path, log: Path) -> Iterator[str]:
    """JVM options that name the files of Derby and Log4j; writes the settings of Log4j."""
    log_settings = work_folder / "log4j2.properties"
    log_settings.write_text((files("hublake.conf") / "spark" / "log4j2.properties").read_text("utf-8"), "utf-8")
    yield _quoted(f"-Dderby.stream.error.file={work_folder / 'derby.log'}")
    yield _quoted(f"-Dlog4j2.configurationFile={log_settings.as_uri()}")
    yield _quoted(f"-Dhublake.log={log}")


def _quoted(option: str) -> str:
    """A JVM option as Spark splits them: at blanks outside of quotes.

    >>> print(_quoted("-Da=b c"))
    "-Da=b c"
    """
    escaped = option.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def join_submitted_session(settings: Settings, warehouse: str, extra_conf: Sequence[str] = ()) -> SparkSession:
    """Join the session of spark-submit, which has set master, memory and jars. Checkpoints go where all executors can read them."""
    options = read_spark_conf("session.conf", *extra_conf) | object_store_options(settings.storage, os.environ)
    configured = SparkConf().setAll(list(options.items()))
    session = SparkSession.builder.appName("hublake").config(conf=configured).getOrCreate()
    session.sparkContext.setCheckpointDir(f"{warehouse.rstrip('/')}/_checkpoints")
    _reduce_round_trips(session)
    return session


def _reduce_round_trips(session: SparkSession) -> None:
    """Have Python call the JVM less often: a small build makes tens of thousands of calls."""
    remember_names(session.sparkContext._jvm)
    release_in_batches(session.sparkContext._gateway)


def load_first_classes(session: SparkSession) -> None:
    """Run a query that loads what all queries need, and Spark's table of title case, which the first text that is not ASCII requires."""
    session.sql("SELECT lower(concat('Ä', id)) AS name, count(*) FROM range(2) GROUP BY name ORDER BY name").collect()


def read_spark_conf(*names: str) -> dict[str, str]:
    """Options from files of conf/spark, in the format of spark-submit's --properties-file; a later file overrides an earlier one."""
    lines = [line for name in names for line in (files("hublake.conf") / "spark" / name).read_text("utf-8").splitlines()]
    return dict(line.split(maxsplit=1) for line in lines if line.strip() and not line.startswith("#"))


def _core_count(master: str) -> int:
    """Cores of a local master: local[2], local-cluster[2,1,1024]; of local[*], those of this machine."""
    inner = master.partition("[")[2].rstrip("]").split(",")
    if master.startswith("local-cluster"):
        return int(inner[0]) * int(inner[1])
    return int(inner[0]) if inner[0].isdigit() else (os.cpu_count() or 1)


@contextmanager
def _stderr_to(log: Path) -> Iterator[None]:
    """Redirect file descriptor 2 to the log: the JVM inherits it and prints to it before its own logging is configured."""
    sys.stderr.flush()
    saved_stderr = os.dup(2)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved_stderr, 2)
        os.close(saved_stderr)
