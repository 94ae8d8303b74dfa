"""Start beeline, the command-line client of HiveServer2, from PySpark's jars: it needs Java and no SPARK_HOME.

python -m hublake.spark_jobs.engine.beeline -u jdbc:hive2://127.0.0.1:10000/gold -n anyone -e "SELECT count(*) FROM model_impact"
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from hublake.lake.errors import SetUpMissing
from hublake.spark_jobs.engine.jars import check_java, java_command


def main(arguments: list[str]) -> None:
    """Replace this process by beeline. Raises SetUpMissing if there is no Java."""
    check_java()
    pyspark = find_spec("pyspark")
    assert pyspark is not None and pyspark.origin is not None, "a dependency of this package"
    java = java_command()
    os.execvp(java, [java, "-cp", f"{Path(pyspark.origin).parent}/jars/*", "org.apache.hive.beeline.BeeLine", *arguments])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetUpMissing as problem:
        sys.exit(f"hublake: {problem}")
