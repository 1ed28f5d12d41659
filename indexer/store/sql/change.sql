UPDATE kept_rows
SET
    size = met.size,
    etag_md5 = met.etag_md5,
    etag = met.etag,
    last_modified = met.last_modified,
    storage_class = met.storage_class,
    last_seen_run = $last_seen_run,
    deleted_at = NULL
FROM met
WHERE kept_rows.rowid = met.row_id
    AND met.changed
