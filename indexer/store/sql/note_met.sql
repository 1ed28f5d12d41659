-- What was known and is listed again. It changed where it was written again before the run began, and where it was gone.
INSERT INTO met BY NAME
SELECT
    k.row_id, b.size, b.etag_md5, b.etag, b.last_modified, b.storage_class,
    NOT b.late AND (
        k.deleted_at IS NOT NULL
        OR k.size <> b.size
        OR k.etag_md5 IS DISTINCT FROM b.etag_md5
        OR k.etag IS DISTINCT FROM b.etag
        OR k.last_modified <> b.last_modified
        OR k.storage_class IS DISTINCT FROM b.storage_class
    ) AS changed,
    changed AND k.deleted_at IS NOT NULL AS returned
FROM known k
JOIN named b ON b.name_id = k.name_id AND b.moment IS NOT DISTINCT FROM k.moment
WHERE changed OR $every
