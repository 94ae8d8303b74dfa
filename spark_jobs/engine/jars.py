"""The jars that a session needs in addition to PySpark's own: resolved once into one folder, verified by SHA-256.

    python -m hublake.spark_jobs.engine.jars           resolve missing jars (Ivy, by Maven coordinates)
    python -m hublake.spark_jobs.engine.jars --list    print the jars in the format of spark-submit --jars

GraphFrames' classes come from its upstream coordinates if they resolve. Otherwise the same classes are extracted from the Sedona bundle,
which contains them unrelocated (Apache-2.0). jars.log in the folder records the origin.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib import metadata
from importlib.resources import files
from pathlib import Path

from hublake.lake.errors import SetUpMissing
from hublake.lake.settings import Settings, load
from hublake.lake.terminal import echo

UPSTREAM_GRAPHFRAMES = "io.graphframes:graphframes-spark4_2.13:0.9.3"
SEDONA_BUNDLE = "org.apache.sedona:sedona-spark-shaded-4.0_2.13:1.8.0"
GRAPHFRAMES_CLASSES = ("org/graphframes/", "org/apache/spark/sql/graphframes/")
GRAPHFRAMES_JAR = "graphframes-0.9.jar"
SCALA_SOURCES = ("LocalFiles.scala", "PasswordFile.scala", "ReadOnlySql.scala", "SqlServer.scala")  # the project's own classes
# hadoop-aws depends on a bundle of all services of the AWS SDK; the lock names only the modules that are used.
EXCLUDED_PACKAGES = ("software.amazon.awssdk:bundle", "org.wildfly.openssl:wildfly-openssl")
# The jars of PySpark that have most classes of a session. For each of some 20,000 classes the JVM searches the jars in the order of its
# class path, and PySpark's 280 are there in no order.
FIRST_SPARK_JARS = ("scala-library-", "spark-catalyst_", "spark-sql_", "spark-core_", "spark-sql-api_", "hadoop-client-api-")


def jar_folder(settings: Settings) -> Path:
    """The folder of the setting build.jars, or one in the Python environment."""
    return Path(settings.build.jars or Path(sys.prefix) / "share" / "hublake" / "jars")


def jar_files(settings: Settings) -> list[Path]:
    """All jars of a session. Raises SetUpMissing if Java or a jar is not installed."""
    check_java()
    folder = jar_folder(settings)
    required = [folder / name for name in (*_locked(), GRAPHFRAMES_JAR, scala_jar())]
    missing = [jar.name for jar in required if not jar.is_file()]
    if missing:
        raise SetUpMissing(f"{folder} lacks {', '.join(missing)}. Fetch them once: {sys.executable} -m hublake.spark_jobs.engine.jars")
    return required


def first_spark_jars() -> list[Path]:
    """Jars of PySpark to begin a class path with."""
    from pyspark.find_spark_home import _find_spark_home

    folder = Path(_find_spark_home()) / "jars"
    return [jar for prefix in FIRST_SPARK_JARS for jar in folder.glob(f"{prefix}*.jar")]


def java_command() -> str:
    """The `java` that Spark will start."""
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/java" if home else "java"


def check_java() -> None:
    """Raises SetUpMissing unless the `java` that Spark will start is version 17 or later."""
    java = java_command()
    advice = "Install a JDK 17 or later (Debian: apt install openjdk-17-jre-headless; macOS: brew install openjdk@17), or set JAVA_HOME."
    try:
        shown = subprocess.run([java, "-version"], capture_output=True, text=True, check=True, timeout=60).stderr
    except (OSError, subprocess.SubprocessError):
        raise SetUpMissing(f"Spark needs Java and '{java}' does not run. {advice}") from None
    version = shown.partition('"')[2].partition('"')[0]
    major = version.removeprefix("1.").split(".")[0].split("-")[0]
    if not major.isdigit() or int(major) < 17:
        raise SetUpMissing(f"Spark needs Java 17 or later; '{java}' is version {version or shown.strip()}. {advice}")


def fetch(folder: Path) -> None:
    """Fetch missing jars into `folder`. Idempotent; uses no network if no jar is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    locked = _locked()
    if all((folder / name).is_file() for name in (*locked, GRAPHFRAMES_JAR, scala_jar())):
        return
    check_java()
    with tempfile.TemporaryDirectory() as scratch:
        missing = {name: entry for name, entry in locked.items() if not (folder / name).is_file()}
        fetched = _ivy([coordinate for coordinate, _ in missing.values()], Path(scratch) / "locked") if missing else []
        for name, (_, digest) in missing.items():
            _install(_find_jar(fetched, name), folder / name, digest)
        if not (folder / GRAPHFRAMES_JAR).is_file():
            _install(_assemble_graphframes(Path(scratch), folder / "jars.log"), folder / GRAPHFRAMES_JAR, None)
        if not (folder / scala_jar()).is_file():
            _install(_compile_scala(Path(scratch)), folder / scala_jar(), None)


def scala_jar() -> str:
    """The name of the jar of SCALA_SOURCES. It contains a digest of them and of PySpark's version, so that a change is compiled."""
    digest = hashlib.sha256(metadata.version("pyspark").encode())
    for source in SCALA_SOURCES:
        digest.update((files("hublake.spark_jobs.engine") / source).read_bytes())
    return f"hublake-scala-{digest.hexdigest()[:12]}.jar"


def _compile_scala(scratch: Path) -> Path:
    """Compile SCALA_SOURCES with the Scala compiler in PySpark's jars: no JDK is required. Raises SetUpMissing if that fails."""
    import pyspark

    jar = scratch / scala_jar()
    sources = [scratch / source for source in SCALA_SOURCES]
    for source in sources:
        source.write_bytes((files("hublake.spark_jobs.engine") / source.name).read_bytes())
    compiler = [java_command(), "-cp", f"{Path(pyspark.__file__).parent}/jars/*", "scala.tools.nsc.Main", "-usejavacp", "-d", str(jar)]
    done = subprocess.run([*compiler, *map(str, sources)], capture_output=True, text=True, check=False, timeout=300)
    if not jar.is_file():
        raise SetUpMissing(f"{', '.join(SCALA_SOURCES)} of spark_jobs/engine do not compile:\n{done.stdout[-800:]}{done.stderr[-800:]}")
    return jar


def _assemble_graphframes(scratch: Path, log: Path) -> Path:
    """Assemble one jar of GraphFrames' classes; their origin is written to `log`."""
    try:
        found = [jar for jar in _ivy([UPSTREAM_GRAPHFRAMES], scratch / "upstream") if jar.name.startswith("io.graphframes_")]
        origin = UPSTREAM_GRAPHFRAMES
    except SetUpMissing:
        found = [_find_jar(_ivy([SEDONA_BUNDLE], scratch / "sedona"), "sedona-spark-shaded-4.0_2.13-1.8.0.jar")]
        origin = f"classes of {SEDONA_BUNDLE}, because {UPSTREAM_GRAPHFRAMES} did not resolve"
    jar = scratch / GRAPHFRAMES_JAR
    with zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED) as target:
        for bundle in map(zipfile.ZipFile, found):
            for entry in bundle.infolist():
                is_wanted = entry.filename.startswith((*GRAPHFRAMES_CLASSES, "META-INF/LICENSE", "META-INF/NOTICE"))
                if is_wanted and not entry.is_dir() and entry.filename not in target.NameToInfo:
                    target.writestr(entry, bundle.read(entry))
            bundle.close()
    log.write_text(f"GraphFrames: {origin}\n", "utf-8")
    return jar


def _ivy(coordinates: list[str], folder: Path) -> list[Path]:
    """Resolve coordinates and their dependencies with spark-submit; PySpark already contains most of them. Raises SetUpMissing."""
    folder.mkdir(parents=True)
    application = folder / "nothing.py"
    application.write_text("")
    import pyspark

    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    command = [str(submit), "--packages", ",".join(coordinates), "--conf", f"spark.jars.ivy={folder}"]
    command += ["--exclude-packages", ",".join(EXCLUDED_PACKAGES), str(application)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SPARK_", "PYSPARK_"))} | {"PYSPARK_PYTHON": sys.executable}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=900)
    found = sorted((folder / "jars").glob("*.jar"))
    if done.returncode or not found:
        tail = "\n".join(line for line in done.stderr.splitlines() if "not found" in line or "Exception" in line)[:800]
        raise SetUpMissing(f"the Maven repositories reachable from here do not resolve {', '.join(coordinates)}.\n{tail}")
    return found


def _find_jar(found: list[Path], name: str) -> Path:
    for jar in found:
        if jar.name.endswith("_" + name) or jar.name == name:
            return jar
    raise SetUpMissing(f"{name} was resolved, but is not among {', '.join(jar.name for jar in found)}")


def _install(jar: Path, target: Path, digest: str | None) -> None:
    seen = hashlib.sha256(jar.read_bytes()).hexdigest()
    if digest and seen != digest:
        raise SetUpMissing(f"{target.name}: its SHA-256 is {seen}, not {digest} as in conf/spark/jars.lock. Nothing was installed.")
    partial = target.with_suffix(".partial")
    try:
        shutil.copyfile(jar, partial)
    except OSError as error:
        raise SetUpMissing(f"cannot write {target}: {error.strerror}. Free some disk space and start again.") from error
    partial.replace(target)


def _locked() -> dict[str, tuple[str, str]]:
    """File name -> (coordinate, sha256), from conf/spark/jars.lock."""
    lines = (files("hublake.conf") / "spark" / "jars.lock").read_text("utf-8").splitlines()
    rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return {"{1}-{2}.jar".format(*coordinate.split(":")): (coordinate, digest) for digest, coordinate in rows}


if __name__ == "__main__":
    try:
        fetch(jar_folder(load()))
        if "--list" in sys.argv[1:]:
            echo(",".join(str(jar) for jar in jar_files(load())))
    except SetUpMissing as problem:
        sys.exit(f"hublake: {problem}")
