INSERT INTO staging.staged
SELECT
    shard, key_hash, name_id, moment, captured_at, sequence, size, etag_md5, etag, last_modified, storage_class, late
FROM named
