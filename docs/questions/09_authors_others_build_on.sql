-- Whose models do authors build on, apart from their own? Authors whose models only they themselves build on are excluded.
WITH listed AS (
  SELECT model_id, author
  FROM silver.models
  WHERE snapshot_date = (SELECT max(snapshot_date) FROM silver.models)
), edge AS (
  SELECT child_id, parent_id
  FROM silver.lineage_edges
  WHERE snapshot_date = (SELECT max(snapshot_date) FROM silver.lineage_edges)
)
SELECT parent.author, count(DISTINCT child.author) AS other_authors, count(DISTINCT child.model_id) AS models_of_others
FROM edge
JOIN listed AS parent ON parent.model_id = edge.parent_id
JOIN listed AS child ON child.model_id = edge.child_id
WHERE nullif(parent.author, child.author) IS NOT NULL -- with <>, DuckDB would first join all pairs of models that differ
GROUP BY parent.author
ORDER BY other_authors DESC, models_of_others DESC, parent.author
LIMIT 10
