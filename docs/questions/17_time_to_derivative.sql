-- How likely have others derived from a model 7, 30, 90 and 365 days after its creation? Models with no derivative yet count, too.
SELECT relation, day, round(1 - survival, 6) AS derived_share, round(1 - survival_high, 6) AS low, round(1 - survival_low, 6) AS high
FROM gold.survival_curves
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.survival_curves)
  AND event = 'derivative' AND derived_by = 'others' AND stratum = 'all' AND day IN (7, 30, 90, 365)
ORDER BY relation, day
