"""A standalone Spark cluster on loopback: master and workers run in processes of their own, without the checkout on their path."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Self

import pyspark

from hublake.lake.settings import load
from hublake.spark_jobs.engine.jars import jar_files
from hublake.spark_jobs.engine.session import SMALL_BUILD_JVM
from tools.dist import ROOT

SPARK_HOME = Path(pyspark.__file__).parent
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
TIMEOUT_SECONDS = 300
DEFAULTS = """
spark.authenticate               true
spark.authenticate.secret        {secret}
spark.network.crypto.enabled     true
spark.ui.enabled                 false
spark.driver.memory              1g
spark.executor.memory            512m
spark.executor.memoryOverhead    0
spark.executor.cores             1
spark.driver.extraJavaOptions    {quick}
spark.executor.extraJavaOptions  {quick}
"""
DAEMON_LOG_SETTINGS = """
rootLogger.level = warn
logger.deploy.name = org.apache.spark.deploy
logger.deploy.level = info
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n
"""


class Daemon:
    """A process with a log file. It and its child processes form a process group, which is killed as a whole."""

    def __init__(self, command: list[str], log: Path, environment: dict[str, str], folder: Path) -> None:
        self.log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def output(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def wait_for(self, pattern: str) -> str:
        """The first group of the first match in its log. Raises if the process ends, or TIMEOUT_SECONDS pass, without a match."""
        end = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < end:
            has_ended = self.process.poll() is not None
            if found := re.search(pattern, self.output()):
                return found[1] if found.groups() else found[0]
            if has_ended:
                break
            time.sleep(0.1)
        raise AssertionError(f"{self.log.name} never contained {pattern!r}:\n{self.output()[-3000:]}")

    def kill(self, with_signal: signal.Signals = signal.SIGKILL) -> None:
        """Kill it with its child processes, like a machine that fails."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, with_signal)
        self.process.wait(30)


class StandaloneCluster:
    """Runs until the end of the `with` block; `workers` can be killed individually."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.folder = folder
        self.worker_count = workers
        self.workers: list[Daemon] = []
        self._daemons: list[Daemon] = []

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def submit(self, zip_of_code: Path, *arguments: str, conf: dict[str, str] | None = None) -> Daemon:
        """spark-submit of the jobs in client mode, with the code from the zip only."""
        options = {"spark.sql.shuffle.partitions": "2", **(conf or {})}
        command = [
            *(str(SPARK_HOME / "bin" / "spark-submit"), "--master", self.url, "--py-files", str(zip_of_code)),
            *("--jars", ",".join(map(str, jar_files(load()))), "--load-spark-defaults"),
            *(word for name, value in options.items() for word in ("--conf", f"{name}={value}")),
            *(str(ROOT / "spark_jobs" / "__main__.py"), *arguments),
        ]
        return self._spawn("driver", command)

    def _start(self) -> None:
        for name in ("conf", "logs", "scratch"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "conf" / "log4j2.properties").write_text(DAEMON_LOG_SETTINGS, "utf-8")
        (self.folder / "conf" / "spark-defaults.conf").write_text(DEFAULTS.format(secret=token_hex(32), quick=SMALL_BUILD_JVM), "utf-8")
        launcher = str(SPARK_HOME / "bin" / "spark-class")
        master = self.master = self._spawn("master", [launcher, MASTER, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0"])
        self.url = master.wait_for(r"(spark://127\.0\.0\.1:[1-9]\d*)")
        for number in range(self.worker_count):
            work = ["--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--work-dir", str(self.folder / f"work{number}")]
            self.workers.append(self._spawn(f"worker{number}", [launcher, WORKER, *work, "--webui-port", "0", self.url]))
        for worker in self.workers:
            worker.wait_for("Successfully registered with master")

    def _spawn(self, name: str, command: list[str]) -> Daemon:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))}
        environment = inherited | {
            "SPARK_HOME": str(SPARK_HOME),
            "SPARK_CONF_DIR": str(self.folder / "conf"),
            "SPARK_LOCAL_DIRS": str(self.folder / "scratch"),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": SMALL_BUILD_JVM,
            "PYSPARK_PYTHON": sys.executable,
            "PYTHONUNBUFFERED": "1",
        }
        daemon = Daemon(command, self.folder / "logs" / f"{name}.log", environment, self.folder)
        self._daemons.append(daemon)
        return daemon

    def _end(self) -> None:
        for daemon in reversed(self._daemons):
            daemon.kill()
