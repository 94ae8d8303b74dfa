-- How does the Hub grow by month, how many new models are of organisations, and how many edges do they add?
SELECT month, new_models, new_authors, removed, cumulative,
  new_organisation_models, edges_finetune + edges_adapter + edges_quantized + edges_merge AS edges
FROM gold.monthly_growth
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.monthly_growth) AND stratum = 'all'
ORDER BY month
