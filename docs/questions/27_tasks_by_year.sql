-- Which tasks grow, and which shrink? New models by year, and their share of the year's models with a known task.
WITH yearly AS (
  SELECT task, substring(month, 1, 4) AS year, sum(new_models) AS models
  FROM gold.task_trends
  WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.task_trends) AND task <> '' AND month <> ''
  GROUP BY task, substring(month, 1, 4)
)
SELECT year, task, models, round(models / sum(models) OVER (PARTITION BY year), 3) AS share
FROM yearly
ORDER BY year, models DESC, task
