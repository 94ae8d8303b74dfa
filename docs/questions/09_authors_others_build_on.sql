-- Whose models do other authors build on? Models of authors who build on their own work alone are left out.
SELECT parent.author, count(DISTINCT child.author) AS other_authors, count(DISTINCT child.model_id) AS models_of_others
FROM silver.lineage_edges AS edge
JOIN silver.models AS parent ON parent.model_id = edge.parent_id AND parent.snapshot_date = edge.snapshot_date
JOIN silver.models AS child ON child.model_id = edge.child_id AND child.snapshot_date = edge.snapshot_date
WHERE edge.snapshot_date = (SELECT max(snapshot_date) FROM silver.lineage_edges) AND parent.author <> child.author
GROUP BY parent.author
ORDER BY other_authors DESC, models_of_others DESC, parent.author
LIMIT 10
