-- What tells all objects of the index from any others, however they are kept.
SELECT
    count(*),
    coalesce(sum(hash(
        name_id, captured_at, sequence, size, etag_md5, etag, last_modified, storage_class, first_seen_run, last_seen_run,
        deleted_at
    )), 0)
FROM object_rows
