-- Which bases do models name that the Hub does not list (deleted, private or misspelt)?
SELECT declared_parent, count(DISTINCT child_id) AS children
FROM silver.lineage_edges
WHERE snapshot_date = (SELECT max(snapshot_date) FROM silver.lineage_edges) AND parent_status = 'missing'
GROUP BY declared_parent
ORDER BY children DESC, declared_parent
LIMIT 10
