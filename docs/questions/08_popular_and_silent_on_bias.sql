-- Which popular models have a card that does not mention bias in its own words?
SELECT models.model_id, models.downloads_30d, documentation.depth
FROM silver.models AS models
JOIN gold.card_documentation AS documentation
  ON documentation.model_id = models.model_id AND documentation.snapshot_date = models.snapshot_date
WHERE models.snapshot_date = (SELECT max(snapshot_date) FROM silver.models)
  AND documentation.has_card AND NOT documentation.has_bias AND models.downloads_30d IS NOT NULL
ORDER BY models.downloads_30d DESC, models.model_id
LIMIT 10
