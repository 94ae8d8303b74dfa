-- Do others build more on models under a kind of licence, compared with like models, and without the ten largest authors?
SELECT license, models, dependants, round(adjusted_ratio, 3) AS adjusted_ratio, round(adjusted_low, 3) AS adjusted_low,
  round(adjusted_high, 3) AS adjusted_high, round(adjusted_ratio_without_top, 3) AS adjusted_ratio_without_top
FROM gold.license_adoption
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.license_adoption) AND stratum = 'all' AND license LIKE 'family:%'
ORDER BY models DESC, license
