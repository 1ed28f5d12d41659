-- What a source holds inside a prefix.
SELECT coalesce(sum(p.objects), 0)::BIGINT
FROM present_names p
JOIN names n ON n.name_id = p.name_id
WHERE n.source = $source
    AND starts_with(n.front, $prefix)
