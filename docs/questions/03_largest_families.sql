-- Which models head the largest families, and how deep do these go? A model with two roots counts in both families.
WITH member AS (
  SELECT lineage.model_id, lineage.generation, root.model_id AS root_id
  FROM gold.model_lineage AS lineage
  JOIN gold.model_lineage AS root
    ON array_contains(lineage.root_ids, root.model_id) AND lineage.snapshot_date = root.snapshot_date
  WHERE lineage.snapshot_date = (SELECT max(snapshot_date) FROM gold.model_lineage) AND root.is_root
)
SELECT root_id, count(*) AS members, max(generation) AS depth
FROM member
GROUP BY root_id
ORDER BY members DESC, root_id
LIMIT 10
