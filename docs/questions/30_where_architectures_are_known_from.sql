-- Where is the architecture of models known from, and how certain is it? Tag, parent and name are inferred.
SELECT coalesce(architecture_source, 'unknown') AS found_in, count(*) AS models, round(avg(architecture_confidence), 3) AS confidence,
  count(architectures.parameters) AS with_parameters, sum(coalesce(downloads_30d, 0)) AS downloads_30d
FROM gold.model_architecture AS architectures
JOIN silver.models AS models ON models.model_id = architectures.model_id AND models.snapshot_date = architectures.snapshot_date
WHERE architectures.snapshot_date = (SELECT max(snapshot_date) FROM gold.model_architecture)
GROUP BY coalesce(architecture_source, 'unknown')
ORDER BY models DESC, found_in
