-- Which languages have most models, and how many of these turn a multilingual parent into a model of that language alone?
SELECT language, models, monolingual_models, monolingual_from_multilingual, new_12m, downloads_30d
FROM gold.language_adaptation
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.language_adaptation)
ORDER BY models DESC, language
LIMIT 20
