"""The archive of the JVM's classes (class data sharing): with it, a JVM need not find, parse and verify the classes of Spark.

The JVM of the first build of all tables writes the archive when it ends, some seconds after the build. The next local session takes it into
use. A JVM uses only an archive of its own version and of the same jars.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyspark

from hublake.spark_jobs.engine.jars import java_command

FOLDER = Path(sys.prefix) / "share" / "hublake"
SILENT = "-Xlog:cds*=off"  # nobody needs to know why a class or the archive is not used
CHECK_SECONDS = 60


def archive_options(jars: Sequence[Path], folder: Path = FOLDER, *, may_write: bool) -> list[str]:
    """JVM options that use the archive for these jars, or if there is none, and `may_write`, write it when the JVM ends."""
    archive = folder / f"classes-{_identity(jars)}.jsa"
    written = archive.with_suffix(".partial")
    if not archive.is_file() and _is_usable(written):
        _take_into_use(written, archive)
    if archive.is_file():
        return [f"-XX:SharedArchiveFile={archive}", SILENT]
    if not may_write or not os.access(folder, os.W_OK):
        return []
    return [f"-XX:ArchiveClassesAtExit={written}", SILENT]


def _identity(jars: Sequence[Path]) -> str:
    """A digest of what an archive depends on: Java, and the names, sizes and times of all jars."""
    java = Path(os.path.realpath(shutil.which(java_command()) or java_command()))
    of_spark = sorted((Path(pyspark.__file__).parent / "jars").glob("*.jar"))
    stats = [(str(path), path.stat()) for path in (java, *of_spark, *jars)]
    return hashlib.sha256(repr([(path, stat.st_size, stat.st_mtime_ns) for path, stat in stats]).encode()).hexdigest()[:12]


def _is_usable(written: Path) -> bool:
    """Whether a JVM has completed the file, and another one starts with it. A JVM writes the first bytes last."""
    if not written.is_file():
        return False
    with written.open("rb") as file:
        if not any(file.read(4)):
            return False
    command = [java_command(), f"-XX:SharedArchiveFile={written}", "-XX:+VerifySharedSpaces", "-XX:ErrorFile=/dev/null", SILENT, "-version"]
    return subprocess.run(command, capture_output=True, check=False, timeout=CHECK_SECONDS).returncode == 0


def _take_into_use(written: Path, archive: Path) -> None:
    """Rename the archive, once it is safe on disk, and delete those of other jars."""
    with written.open("rb") as file:
        os.fsync(file.fileno())
    for other in archive.parent.glob("classes-*.jsa"):
        other.unlink(missing_ok=True)
    written.replace(archive)
