-- What the names of a source begin with at the place of a day, whether that is a folder, and how many objects each holds.
SELECT
    substr(n.front, length($start) + 1, $width) AS day,
    substr(n.front, length($start) + $width + 1, 1) = '/' AS is_folder,
    sum(p.objects)::BIGINT AS objects
FROM present_names p
JOIN names n ON n.name_id = p.name_id
WHERE n.source = $source
    AND starts_with(n.front, $start)
GROUP BY ALL
HAVING sum(p.objects) > 0
ORDER BY ALL
