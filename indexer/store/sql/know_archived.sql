-- What stays in the archive is known, and has no row in the file that anything could be noted of.
INSERT INTO known BY NAME
SELECT
    name_id, captured_at AS moment, size, etag_md5, etag, last_modified, storage_class, deleted_at, false AS in_range
FROM known_archived
WHERE NOT comes_back
