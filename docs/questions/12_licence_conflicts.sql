-- Which clauses do derivatives conflict with? Declared edges only. The verdicts are no legal advice.
SELECT clause, relation, count(*) AS edges, count(DISTINCT parent_id) AS parents
FROM gold.license_edges
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.license_edges) AND verdict = 'conflict' AND NOT is_guessed
GROUP BY clause, relation
ORDER BY edges DESC, clause, relation
