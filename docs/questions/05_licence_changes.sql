-- Which licences do children declare instead of their parents' licence? Pairs of models that declare exactly one licence each.
WITH sole AS (
  SELECT model_id, min(license) AS license
  FROM silver.model_licenses
  WHERE snapshot_date = (SELECT max(snapshot_date) FROM silver.model_licenses)
  GROUP BY model_id
  HAVING count(*) = 1
), pair AS (
  SELECT DISTINCT child_id, parent_id
  FROM silver.lineage_edges
  WHERE snapshot_date = (SELECT max(snapshot_date) FROM silver.lineage_edges) AND NOT is_self_loop
)
SELECT parent.license AS parent_license, child.license AS child_license, count(*) AS pairs
FROM pair
JOIN sole AS child ON child.model_id = pair.child_id
JOIN sole AS parent ON parent.model_id = pair.parent_id
WHERE nullif(parent.license, child.license) IS NOT NULL -- with <>, DuckDB would first join all pairs of models that differ
GROUP BY parent.license, child.license
ORDER BY pairs DESC, parent_license, child_license
LIMIT 10
