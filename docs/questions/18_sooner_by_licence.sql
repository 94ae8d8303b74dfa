-- From models under which kind of licence do others derive sooner, and could the difference be chance? Log-rank tests, corrected for pairs.
SELECT stratum, against, models, events, round(expected_events, 2) AS expected_events, round(chi_squared, 3) AS chi_squared,
  round(p_value, 4) AS p_value, round(p_value_adjusted, 4) AS p_value_adjusted, round(restricted_mean_365, 2) AS days_without_in_a_year
FROM gold.survival_tests
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.survival_tests)
  AND event = 'derivative' AND relation = 'any' AND derived_by = 'others' AND stratum_kind = 'license_class'
ORDER BY stratum, against
