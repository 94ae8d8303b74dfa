"""Checks of gold.task_adaptation."""

from hublake.expectations.builders import expect_no_rows

# Names of models are unique: as many are found among the bases as there are bases. Only the bases, which are few, are sent to all tasks.
UNLISTED_BASES = (
    "WITH bases AS (SELECT DISTINCT xxhash64(base_id) AS name FROM {batch} WHERE base_id <> '(other)')"
    " SELECT bases, listed FROM (SELECT count(*) AS bases FROM bases) CROSS JOIN"
    " (SELECT /*+ BROADCAST(bases) */ count(DISTINCT name) AS listed FROM (SELECT xxhash64(model_id) AS name FROM {models})"
    " LEFT SEMI JOIN bases USING (name)) WHERE bases <> listed"
)

CHECKS = [
    expect_no_rows(
        "a base of its own is a listed model",
        "SELECT base_id FROM {batch} LEFT ANTI JOIN {models} ON base_id = model_id WHERE base_id <> '(other)'",
        guards_against="bases of another snapshot",
        prefilter=UNLISTED_BASES,
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
