-- In which formats and widths are models quantised, and how large is the author with most repositories of a month?
SELECT format, bits, sum(repos) AS repos, sum(files) AS types_of_files, round(sum(repos * top_author_share) / sum(repos), 3) AS mean_top_author_share
FROM gold.quantization_formats
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.quantization_formats)
GROUP BY format, bits
ORDER BY repos DESC, format, bits
