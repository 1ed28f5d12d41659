-- Objects that were written again, and deleted ones that are back.
UPDATE objects
SET
    size = staged.size,
    etag = staged.etag,
    last_modified = staged.last_modified,
    storage_class = staged.storage_class,
    last_seen_run = NULL,
    deleted_at = NULL
FROM staged
WHERE objects.source = $source
    AND objects.key = staged.key
    AND (
        objects.deleted_at IS NOT NULL
        OR objects.size <> staged.size
        OR objects.etag IS DISTINCT FROM staged.etag
        OR objects.last_modified <> staged.last_modified
        OR objects.storage_class IS DISTINCT FROM staged.storage_class
    );
