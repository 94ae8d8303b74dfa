-- How many models are in each generation, counted from the root of their family?
SELECT generation, count(*) AS models
FROM gold.model_lineage
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.model_lineage)
GROUP BY generation
ORDER BY generation
