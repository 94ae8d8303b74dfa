-- How large are new models, by month and architecture? Median of the known numbers of parameters, and for how many they are known.
SELECT month, architecture_family, new_models, with_parameters, median_parameters, p90_parameters,
  round(100 * moe_share, 1) AS moe_percent
FROM gold.architecture_evolution
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.architecture_evolution)
  AND size_class = 'all' AND architecture_family <> 'unknown' AND month LIKE '20%'
ORDER BY month DESC, new_models DESC, architecture_family
LIMIT 30
