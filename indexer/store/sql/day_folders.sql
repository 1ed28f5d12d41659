-- What the names of a source begin with at the place of a day, whether that is a folder, and how many objects each holds.
SELECT
    substr(n.front, length($start) + 1, $width) AS day,
    substr(n.front, length($start) + $width + 1, 1) = '/' AS is_folder,
    count(*) AS objects
FROM object_rows o
JOIN names n ON n.name_id = o.name_id
WHERE n.source = $source
    AND o.deleted_at IS NULL
    AND starts_with(n.front, $start)
GROUP BY ALL
ORDER BY ALL
