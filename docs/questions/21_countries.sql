-- Which countries do models come from, by publisher and by the publisher of the root, and for how much is it known?
SELECT country, models, round(models_share, 6) AS models_share, round(downloads_by_publisher_share, 6) AS by_publisher,
       round(downloads_by_origin_share, 6) AS by_origin, round(without_top_model_share, 6) AS without_top_model,
       round(downloads_coverage_share, 6) AS known_downloads, published_share
FROM gold.country_share
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.country_share) AND stratum = 'all'
ORDER BY downloads_by_publisher DESC, country
LIMIT 20
