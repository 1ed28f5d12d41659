-- What a source holds inside a prefix.
SELECT count(*)
FROM object_rows o
JOIN names n ON n.name_id = o.name_id
WHERE n.source = $source
    AND starts_with(n.front, $prefix)
    AND o.deleted_at IS NULL
