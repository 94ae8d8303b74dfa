-- Which roots have the largest families, how deep are these, and how many authors contribute? A model with two roots is in both families.
SELECT root_id, members, depth, authors
FROM gold.families
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.families)
ORDER BY members DESC, root_id
LIMIT 10
