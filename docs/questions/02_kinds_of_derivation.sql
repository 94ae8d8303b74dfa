-- How do models derive from others, and how often is the relation declared?
SELECT relation, count(*) AS edges, count(DISTINCT child_id) AS children,
       round(avg(CASE WHEN is_relation_declared THEN 1e0 ELSE 0e0 END), 6) AS declared_share
FROM silver.lineage_edges
WHERE snapshot_date = (SELECT max(snapshot_date) FROM silver.lineage_edges) AND NOT is_self_loop
GROUP BY relation
ORDER BY edges DESC, relation
