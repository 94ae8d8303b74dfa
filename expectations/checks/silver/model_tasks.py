"""Checks of silver.model_tasks."""

from hublake.expectations.builders import NotOneInEach, expect_listed_models, expect_no_rows
from hublake.rules.tasks.vocabulary import tasks

TASKS = ", ".join(f"'{name}'" for name in sorted(tasks()))
VISION = ", ".join(f"'{task.name}'" for task in tasks().values() if task.modality == "vision")

CHECKS = [
    expect_listed_models("model_id"),
    expect_no_rows(
        "no task is outside the vocabulary",
        f"SELECT model_id, task FROM {{batch}} WHERE task NOT IN ({TASKS})",
        guards_against="words of cards that count as tasks",
    ),
    expect_no_rows(
        "each model has one strongest task",
        "SELECT model_id FROM {batch} GROUP BY model_id HAVING count_if(is_strongest) <> 1",
        guards_against="models that count twice, or not at all, by task",
        prefilter=NotOneInEach("model_id", "is_strongest"),
    ),
    expect_no_rows(
        "a task that the card names is the strongest",
        "SELECT model_id FROM {batch} WHERE source = 'card' AND NOT is_strongest AND model_id NOT IN"
        " (SELECT model_id FROM {batch} WHERE is_strongest AND source = 'card')",
        guards_against="inferred tasks that replace declared ones",
        prefilter="SELECT model_id FROM {batch} WHERE source = 'card' AND NOT is_strongest",
    ),
    expect_no_rows(
        "tasks on images have the modality vision",
        f"SELECT model_id, task, modality FROM {{batch}} WHERE (task IN ({VISION})) <> (modality = 'vision')",
        guards_against="modalities of another version of the vocabulary",
    ),
]
