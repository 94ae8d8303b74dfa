-- How many models were created per month, and how many of them derive from another? Models with the Hub's floor date are excluded.
WITH derived AS (
  SELECT DISTINCT child_id
  FROM silver.lineage_edges
  WHERE snapshot_date = (SELECT max(snapshot_date) FROM silver.lineage_edges) AND NOT is_self_loop
)
SELECT year(created_at) AS year, month(created_at) AS month, count(*) AS models, count(derived.child_id) AS derived_models
FROM silver.models AS models
LEFT JOIN derived ON derived.child_id = models.model_id
WHERE models.snapshot_date = (SELECT max(snapshot_date) FROM silver.models) AND NOT is_created_at_floor
GROUP BY year(created_at), month(created_at)
ORDER BY year, month
