-- How common is each technique among new models with a known technique, by year?
WITH months AS (
  SELECT DISTINCT month, known_models FROM gold.technique_prevalence
  WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.technique_prevalence) AND stratum = 'all' AND month <> ''
),
years AS (SELECT substring(month, 1, 4) AS year, sum(known_models) AS known_models FROM months GROUP BY substring(month, 1, 4)),
counted AS (
  SELECT substring(month, 1, 4) AS year, technique, sum(models) AS models FROM gold.technique_prevalence
  WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.technique_prevalence) AND stratum = 'all' AND month <> ''
  GROUP BY substring(month, 1, 4), technique
)
SELECT counted.year, technique, models, round(models / known_models, 3) AS share_of_known
FROM counted JOIN years ON counted.year = years.year
ORDER BY counted.year, models DESC, technique
