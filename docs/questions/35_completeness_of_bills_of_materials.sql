-- How complete are the bills of materials of all models, and of the thousand with most downloads?
WITH newest AS (
  SELECT b.*, row_number() OVER (ORDER BY m.downloads_30d DESC NULLS LAST, m.model_id) AS place
  FROM gold.bom_completeness AS b JOIN silver.models AS m ON m.model_id = b.model_id AND m.snapshot_date = b.snapshot_date
  WHERE b.snapshot_date = (SELECT max(snapshot_date) FROM gold.bom_completeness)
),
groups AS (
  SELECT 'all' AS models_of, newest.* FROM newest
  UNION ALL
  SELECT 'thousand most downloaded' AS models_of, newest.* FROM newest WHERE place <= 1000
)
SELECT models_of, count(*) AS models, round(100 * avg(completeness_share), 3) AS percent,
  round(100 * avg(identity_share), 3) AS identity_percent, round(100 * avg(license_share), 3) AS license_percent,
  round(100 * avg(model_share), 3) AS model_percent, round(100 * avg(provenance_share), 3) AS provenance_percent,
  round(100 * avg(considerations_share), 3) AS considerations_percent
FROM groups GROUP BY models_of ORDER BY models_of
