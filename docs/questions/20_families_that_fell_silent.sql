-- How many families have had no new member by others for 180 days, by year of birth? Young families had less time to fall silent.
SELECT year(birth_at) AS year, count(*) AS families, sum(CASE WHEN members_by_others = 0 THEN 1 ELSE 0 END) AS without_others,
  sum(CASE WHEN silent_180_days IS NOT NULL THEN 1 ELSE 0 END) AS once_silent, sum(CASE WHEN is_censored THEN 0 ELSE 1 END) AS silent_now,
  round(avg(observed_days), 1) AS mean_observed_days
FROM gold.family_lifespans
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.family_lifespans)
GROUP BY year(birth_at)
ORDER BY year
