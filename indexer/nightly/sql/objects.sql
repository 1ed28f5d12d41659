-- How many present objects each source has of each kind.
SELECT n.source, n.kind, count(*) AS objects
FROM object_rows o
JOIN names n ON n.name_id = o.name_id
WHERE o.deleted_at IS NULL
GROUP BY n.source, n.kind
ORDER BY n.source, n.kind
