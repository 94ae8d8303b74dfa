-- How often do the vendors with most downloads release, under which terms, and do others build on them?
SELECT vendor, country, releases, releases_12m, median_days_between AS days_between, open_license_share, license_coverage_share,
  models_by_others, ecosystem
FROM gold.vendor_profile
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.vendor_profile)
ORDER BY downloads_30d DESC, vendor
LIMIT 10
