-- How many languages do parents and children declare, and how many edges keep, narrow, widen or change them? By relation.
SELECT relation, sum(edges) AS edges, sum(reporting_edges) AS both_declare,
       round(sum(parent_languages) / nullif(sum(reporting_edges), 0), 2) AS mean_parent,
       round(sum(child_languages) / nullif(sum(reporting_edges), 0), 2) AS mean_child,
       round(sum(distance) / nullif(sum(reporting_edges), 0), 3) AS mutation,
       sum(CASE WHEN change = 'kept' THEN edges ELSE 0 END) AS kept,
       sum(CASE WHEN change = 'narrowed' THEN edges ELSE 0 END) AS narrowed,
       sum(CASE WHEN change = 'widened' THEN edges ELSE 0 END) AS widened,
       sum(CASE WHEN change = 'moved' THEN edges ELSE 0 END) AS moved
FROM gold.language_transfer
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.language_transfer)
GROUP BY relation
ORDER BY edges DESC, relation
