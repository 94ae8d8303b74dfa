-- Which datasets reach most models, directly and through lineage? By declarations: a claim of reach, not of proof.
SELECT dataset_id, models_direct, models_reached, models_reached_declared, authors, families, round(downloads_attributed, 1) AS downloads
FROM gold.dataset_influence
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.dataset_influence)
ORDER BY models_reached DESC, dataset_id
LIMIT 10
