-- The folders of a source that stand for days, and how many objects each holds.
SELECT substr(n.front, length($start) + 1, $width) AS day, count(*) AS objects
FROM object_rows o
JOIN names n ON n.name_id = o.name_id
WHERE n.source = $source
    AND o.deleted_at IS NULL
    AND starts_with(n.front, $start)
    AND substr(n.front, length($start) + $width + 1, 1) = '/'
GROUP BY day
ORDER BY day
