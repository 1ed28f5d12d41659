-- What a whole bucket's inventory holds, without its keys: they are names by now. It is put together before it is merged, as
-- its files are in no order.
CREATE OR REPLACE TABLE staging.staged (
    shard INTEGER, key_hash UBIGINT, name_id BIGINT, moment TIMESTAMP, captured_at TIMESTAMP, sequence BIGINT, size UBIGINT,
    etag_md5 UUID, etag VARCHAR, last_modified TIMESTAMP, storage_class VARCHAR, late BOOLEAN
);
