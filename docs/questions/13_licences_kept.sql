-- How many derivatives declare a licence, and their parent's licence, if the parent declares one? By relation and generation.
SELECT relation, generation, parent_declares AS edges, both_declare, same, round(declared_share, 3) AS declared_share, round(same_share, 3) AS same_share
FROM gold.license_propagation
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.license_propagation) AND parent_declares > 0
ORDER BY relation, generation
