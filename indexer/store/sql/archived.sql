-- The rows of archived files as kept_rows has them, without those that were brought back.
SELECT
    a.name_id, a.captured_at, a.sequence, a.size::UBIGINT AS size,
    CASE WHEN length(a.etag) = 32 AND lower(a.etag) = a.etag THEN try_cast(a.etag AS UUID) END AS etag_md5,
    CASE
        WHEN NOT (length(a.etag) = 32 AND lower(a.etag) = a.etag) OR try_cast(a.etag AS UUID) IS NULL THEN a.etag
    END AS etag,
    a.last_modified, a.storage_class, a.first_seen_run, a.last_seen_run, a.deleted_at
FROM read_parquet({files}, hive_partitioning = false) a
WHERE NOT EXISTS (
    SELECT 1 FROM brought_back b WHERE b.name_id = a.name_id AND b.captured_at = a.captured_at
)
