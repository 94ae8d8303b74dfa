-- How far do the sources of parameter counts agree, on the models that have two of them?
SELECT source_a, source_b, pairs, round(100 * within_5_share, 1) AS within_5_percent, round(100 * within_25_share, 1) AS within_25_percent,
  round(median_ratio, 3) AS median_ratio
FROM gold.parameter_agreement
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.parameter_agreement)
ORDER BY pairs DESC, source_a, source_b
