-- How concentrated are models and downloads in few countries, institutions, kinds of publishers and publishers, among those that are known?
SELECT unit, measure, units, round(coverage_share, 6) AS known, round(hhi, 6) AS hhi, round(gini, 6) AS gini,
       round(top_1_share, 6) AS largest, round(top_10_share, 6) AS ten_largest, round(hhi_without_top_model, 6) AS without_top_model
FROM gold.concentration
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.concentration) AND stratum = 'all'
ORDER BY measure, unit
