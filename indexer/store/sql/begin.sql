-- What a load notes while it goes on, and settles at its end.
CREATE OR REPLACE TEMP TABLE met (
    row_id BIGINT, size UBIGINT, etag_md5 UUID, etag VARCHAR, last_modified TIMESTAMP, storage_class VARCHAR,
    changed BOOLEAN, returned BOOLEAN
);
CREATE OR REPLACE TEMP TABLE gone (row_id BIGINT);
CREATE OR REPLACE TEMP TABLE known (name_id BIGINT, moment TIMESTAMP);
CREATE OR REPLACE TEMP TABLE tallies (shard INTEGER, keys UBIGINT, key_hash HUGEINT, left_out UBIGINT);
