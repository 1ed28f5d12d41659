-- Old days may leave the file for Parquet files beside it: what is still in it is kept_rows, and object_rows is all there is.

ALTER TABLE object_rows RENAME TO kept_rows;

CREATE VIEW object_rows AS
SELECT
    name_id, captured_at, sequence, size, etag_md5, etag, last_modified, storage_class, first_seen_run, last_seen_run,
    deleted_at
FROM kept_rows;

-- Each file has the archived objects of a source's day. An object of theirs that is not deleted was seen by the source's
-- last complete run: what that run does not see, or sees changed, is brought back.
CREATE TABLE archive_files (
    source VARCHAR NOT NULL,
    day DATE NOT NULL,               -- of captured_at
    folder VARCHAR NOT NULL,         -- absolute
    path VARCHAR NOT NULL,           -- from there
    rows UBIGINT NOT NULL,
    bytes UBIGINT NOT NULL,
    sha256 VARCHAR NOT NULL
);

-- What the files have of each name, so that most questions about names need no file.
CREATE TABLE archived_names (
    name_id BIGINT NOT NULL,
    day DATE NOT NULL,
    first_at TIMESTAMP NOT NULL,     -- the first and last captured_at
    last_at TIMESTAMP NOT NULL,
    last_modified TIMESTAMP NOT NULL,    -- the newest
    present BIGINT NOT NULL          -- how many are not deleted, without those that were brought back
);

-- What the files still have and no longer counts: it is in kept_rows as it is now. No name and time is here twice.
CREATE TABLE brought_back (
    name_id BIGINT NOT NULL,
    captured_at TIMESTAMP NOT NULL,
    day DATE NOT NULL
);

-- How many objects each name has that are there: one row an object in the file, and one a name and day in the archive.
CREATE VIEW present_names AS
SELECT name_id, 1::BIGINT AS objects
FROM kept_rows
WHERE deleted_at IS NULL
UNION ALL
SELECT name_id, present AS objects
FROM archived_names;
