SELECT
    name_id, captured_at, sequence, size, etag_md5, etag, last_modified, storage_class, first_seen_run, last_seen_run,
    deleted_at
FROM kept_rows
