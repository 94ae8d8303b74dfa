-- How many steps below the root is the first conflict of licences on the way to a model? The verdicts are no legal advice.
SELECT worst_verdict, first_conflict_generation, count(*) AS models
FROM gold.license_chains
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.license_chains)
GROUP BY worst_verdict, first_conflict_generation
ORDER BY worst_verdict, coalesce(first_conflict_generation, 0), models
