-- Which licences do derivatives take in place of their parents'? Pairs of licences, by number of edges.
SELECT parent_license, child_license, transition, sum(edges) AS edges, sum(downloads_30d) AS downloads
FROM gold.license_transitions
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.license_transitions)
  AND transition IN ('narrowed', 'widened', 'changed')
GROUP BY parent_license, child_license, transition
ORDER BY edges DESC, parent_license, child_license
LIMIT 10
