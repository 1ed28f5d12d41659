-- One batch of a listing, its keys cut in pieces. What was written after a moment is late.
-- md5_number_lower would say the same, and is a macro over text that takes three times as long; a cast of the text to UUID takes
-- twice as long as one of its bytes.
CREATE OR REPLACE TEMP TABLE batch AS
SELECT
    shard, (md5_number(key) >> 64)::UBIGINT AS key_hash,
    _front AS front, _digits AS digits, _back AS back, _moment AS moment,
    size,
    CASE WHEN length(etag) = 32 AND lower(etag) = etag THEN try(unhex(etag))::UUID END AS etag_md5,
    CASE WHEN etag_md5 IS NULL THEN etag END AS etag,
    last_modified, storage_class,
    coalesce(last_modified > $leave_after, false) AS late
FROM ({cut})
