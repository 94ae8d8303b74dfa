"""Files and folders that Spark creates on a local disk."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hublake.spark_jobs.engine.session import LOCAL_FILES_CLASS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def file_system(spark: "SparkSession", path: Path) -> Any:
    context: Any = spark.sparkContext
    return context._jvm.org.apache.hadoop.fs.Path(str(path)).getFileSystem(context._jsc.hadoopConfiguration())


def test_spark_uses_the_file_system_that_starts_no_processes(spark: "SparkSession", tmp_path: Path) -> None:
    assert file_system(spark, tmp_path).getClass().getName() == LOCAL_FILES_CLASS


def test_new_files_and_folders_have_the_usual_permissions(spark: "SparkSession", tmp_path: Path) -> None:
    spark.range(1).write.parquet(str(tmp_path / "new" / "table"))
    (file,) = (tmp_path / "new" / "table").glob("*.parquet")
    modes = [oct(path.stat().st_mode & 0o7777) for path in (tmp_path / "new", tmp_path / "new" / "table", file)]
    assert modes == ["0o755", "0o755", "0o644"]


def test_any_permission_can_be_set(spark: "SparkSession", tmp_path: Path) -> None:
    permissions: Any = spark.sparkContext._jvm.org.apache.hadoop.fs.permission.FsPermission  # type: ignore[union-attr]
    path = spark.sparkContext._jvm.org.apache.hadoop.fs.Path(str(tmp_path))  # type: ignore[union-attr]
    for mode in ("1777", "700"):  # with and without the sticky bit
        file_system(spark, tmp_path).setPermission(path, permissions(mode))
        assert oct(tmp_path.stat().st_mode & 0o7777) == f"0o{mode}"


def test_what_is_created_in_a_folder_of_a_group_stays_with_the_group(spark: "SparkSession", tmp_path: Path) -> None:
    tmp_path.chmod(0o2775)
    spark.range(1).write.parquet(str(tmp_path / "table"))
    assert oct((tmp_path / "table").stat().st_mode & 0o7777) == "0o2755"
