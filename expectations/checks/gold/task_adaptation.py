"""Checks of gold.task_adaptation."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a base of its own is a listed model",
        "SELECT base_id FROM {batch} LEFT ANTI JOIN {models} ON base_id = model_id WHERE base_id <> '(other)'",
        guards_against="bases of another snapshot",
    ),
    expect_no_rows(
        "a change to a task has a task",
        "SELECT base_id, month FROM {batch} WHERE is_change AND task = ''",
        guards_against="unknown tasks that count as adaptation",
    ),
    expect_no_rows(
        "a group has no more authors than models",
        "SELECT base_id, task, month FROM {batch} WHERE authors > models OR models = 0",
        guards_against="models that a join multiplied or lost",
    ),
]
