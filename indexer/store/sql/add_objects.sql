INSERT INTO kept_rows BY NAME
SELECT
    name_id, captured_at, sequence, size, etag_md5, etag, last_modified, storage_class, $run AS first_seen_run,
    $last_seen_run AS last_seen_run
FROM named
WHERE NOT late
    AND NOT EXISTS (FROM known k WHERE k.name_id = named.name_id AND k.moment IS NOT DISTINCT FROM named.moment)
ORDER BY name_id, captured_at
