-- How often do cards document limitations, bias, risks and similar topics in their own words?
SELECT section_class, cards, filled, round(filled_share, 6) AS filled_share,
       round(filled_share_low, 6) AS low, round(filled_share_high, 6) AS high
FROM gold.documentation_rates
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.documentation_rates) AND stratum = 'all'
ORDER BY filled_share DESC, section_class
