-- Which series do other vendors build on most, when were they released, and what follows them?
SELECT vendor, series, CAST(first_at AS DATE) AS first_day, models, descendants_by_others, first_other_derivative_days AS days_to_first, successor_series
FROM gold.vendor_series
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.vendor_series)
ORDER BY descendants_by_others DESC, vendor, series
LIMIT 10
