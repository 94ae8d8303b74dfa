-- By which methods are models merged, and how many of them have mergekit's configuration?
SELECT coalesce(method, '(unknown)') AS method, count(*) AS models, sum(CASE WHEN has_config THEN 1 ELSE 0 END) AS with_config
FROM gold.merge_recipes
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.merge_recipes)
GROUP BY coalesce(method, '(unknown)')
ORDER BY models DESC, method
