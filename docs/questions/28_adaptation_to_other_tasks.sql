-- To which other tasks are bases adapted most, by relation? Edges, and how many of them have two declared tasks.
SELECT relation, parent_task, child_task, edges, strong_edges, round(edges_share_of_parent, 3) AS share_of_parent, downloads_30d
FROM gold.task_transitions
WHERE snapshot_date = (SELECT max(snapshot_date) FROM gold.task_transitions) AND is_change
ORDER BY edges DESC, relation, parent_task, child_task
LIMIT 20
