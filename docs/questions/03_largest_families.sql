-- Which models head the largest families, how deep do these go, and how many authors work on them? A model with two roots counts in both families.
SELECT root_id, members, depth, authors
FROM gold.families
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.families)
ORDER BY members DESC, root_id
LIMIT 10
