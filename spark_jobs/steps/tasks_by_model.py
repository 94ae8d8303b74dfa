"""The strongest task of each model, and the successors of retired tasks."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import STRONG_TASK_SOURCES
from hublake.rules.tasks.vocabulary import tasks


def tasks_by_model(model_tasks: DataFrame) -> DataFrame:
    """(model_id, task, is_strong: the author or the Hub's own field names it), one row per model with a task."""
    is_strong = F.col("source").isin(*STRONG_TASK_SOURCES).alias("is_strong")
    return model_tasks.where("is_strongest").select("model_id", "task", is_strong)


def is_change(before: Column, after: Column) -> Column:
    """Whether two tasks differ, retired ones counting as their successors; false if one is empty."""
    return (before != "") & (after != "") & (_current(before) != _current(after))


def created_month() -> Column:
    """Month of creation, YYYY-MM; empty if it is unknown or the floor."""
    month = F.date_format("created_at", "yyyy-MM")
    return F.when(~F.col("is_created_at_floor") & F.col("created_at").isNotNull(), month).otherwise("")


def _current(task: Column) -> Column:
    successors = {task.name: task.succeeded_by for task in tasks().values() if task.succeeded_by != task.name}
    current = task
    for name, successor in successors.items():
        current = F.when(task == name, successor).otherwise(current)
    return current
