"""Checks of silver.model_history."""

from hublake.expectations.builders import never

# Of each model what one look at its validities can tell: one is new, one has no end, and each date but the first ends one and begins one.
# Only a chain is so, as no validity ends before it begins.
BROKEN_CHAIN = (
    "SELECT count(*) FROM {batch} GROUP BY xxhash64(hub_id)"
    " HAVING count_if(array_contains(changed, 'new')) <> 1 OR count_if(valid_to IS NULL) <> 1"
    " OR bit_xor(xxhash64(valid_from)) ^ coalesce(bit_xor(if(valid_to IS NULL, NULL, xxhash64(valid_to))), 0L) <> xxhash64(min(valid_from))"
)

CHECKS = [
    never("a removed model has no current row", "SELECT hub_id FROM {batch} WHERE is_removed AND is_current", guards="ghosts in counts"),
    never("a validity begins before it ends", "SELECT hub_id FROM {batch} WHERE valid_to <= valid_from", guards="time turned round"),
    never(
        "what is current has no end",
        "SELECT hub_id FROM {batch} WHERE is_current <> (valid_to IS NULL AND NOT is_removed)",
        guards="readers filter by is_current or by valid_to and must get the same",
    ),
    never(
        "one validity ends where the next begins",
        "SELECT hub_id FROM (SELECT hub_id, valid_to, lead(valid_from) OVER (PARTITION BY hub_id ORDER BY valid_from) AS following"
        " FROM {batch}) WHERE following IS DISTINCT FROM valid_to",
        guards="a day on which a model has two states or none",
        screened_by=BROKEN_CHAIN,
    ),
    never(
        "a validity says what changed",
        "SELECT hub_id FROM {batch} WHERE size(changed) = 0",
        guards="two rows of one state",
    ),
    never(
        "only the first validity is new",
        "SELECT hub_id FROM {batch} GROUP BY hub_id HAVING count_if(array_contains(changed, 'new')) <> 1",
        guards="a returned model taken for a new one",
        screened_by=BROKEN_CHAIN,
    ),
]
