-- Which models do others build on most?
SELECT model_id, round(impact_score, 3) AS impact_score, dependants, descendants
FROM gold.model_impact
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.model_impact)
ORDER BY impact_score DESC, model_id
LIMIT 10
