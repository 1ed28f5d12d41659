INSERT INTO kept_rows BY NAME
SELECT
    name_id, captured_at, sequence, size, etag_md5, etag, last_modified, storage_class, first_seen_run, last_seen_run,
    deleted_at
FROM known_archived
WHERE comes_back
ORDER BY name_id, captured_at
