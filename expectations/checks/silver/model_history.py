"""Checks of silver.model_history."""

from hublake.expectations.builders import expect_no_rows

# A prefilter with one pass over the validity periods of each model. In a valid chain exactly one period is new, exactly one is open, and
# every other date ends one period and begins the next. As no period ends before it begins, only a chain has this property.
BROKEN_CHAIN = (
    "SELECT count(*) FROM {batch} GROUP BY xxhash64(hub_id)"
    " HAVING count_if(array_contains(changed, 'new')) <> 1 OR count_if(valid_to IS NULL) <> 1"
    " OR bit_xor(xxhash64(valid_from)) ^ coalesce(bit_xor(if(valid_to IS NULL, NULL, xxhash64(valid_to))), 0L) <> xxhash64(min(valid_from))"
)

CHECKS = [
    expect_no_rows(
        "a removed model has no current row",
        "SELECT hub_id FROM {batch} WHERE is_removed AND is_current",
        guards_against="removed models in counts",
    ),
    expect_no_rows(
        "a validity period begins before it ends",
        "SELECT hub_id FROM {batch} WHERE valid_to <= valid_from",
        guards_against="reversed dates",
    ),
    expect_no_rows(
        "a row is current exactly if its period is open and the model is not removed",
        "SELECT hub_id FROM {batch} WHERE is_current <> (valid_to IS NULL AND NOT is_removed)",
        guards_against="different results for readers that filter by is_current and by valid_to",
    ),
    expect_no_rows(
        "a validity period ends where the next one begins",
        "SELECT hub_id FROM (SELECT hub_id, valid_to, lead(valid_from) OVER (PARTITION BY hub_id ORDER BY valid_from) AS following"
        " FROM {batch}) WHERE following IS DISTINCT FROM valid_to",
        guards_against="a day on which a model has two states or none",
        prefilter=BROKEN_CHAIN,
    ),
    expect_no_rows(
        "a validity period lists what changed",
        "SELECT hub_id FROM {batch} WHERE size(changed) = 0",
        guards_against="two rows for one state",
    ),
    expect_no_rows(
        "exactly one validity period of a model is new",
        "SELECT hub_id FROM {batch} GROUP BY hub_id HAVING count_if(array_contains(changed, 'new')) <> 1",
        guards_against="a model that returned and counts as new",
        prefilter=BROKEN_CHAIN,
    ),
]
