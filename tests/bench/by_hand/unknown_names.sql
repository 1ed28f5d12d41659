SELECT source, regexp_replace(regexp_replace(split_part(key, '/', -1), '[0-9]+', '9', 'g'), '[A-Za-z]+', 'a', 'g') AS shape, count(*)
FROM other_objects
WHERE kind = 'unparsed' AND deleted_at IS NULL
GROUP BY ALL
