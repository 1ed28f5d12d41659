-- Every shot of one part's sessions, deleted ones too, with what came before it. number counts a session's shots in the order
-- of time.
CREATE OR REPLACE TEMP TABLE shots AS
SELECT
    n.session_id, o.name_id, o.captured_at, n.failover, o.size, o.deleted_at,
    row_number() OVER session AS number,
    lag(o.captured_at) OVER session AS before_at,
    epoch_ms(o.captured_at) - epoch_ms(before_at) AS delta_ms,
    lag(n.failover) OVER session AS before_failover,
    coalesce(o.etag_md5 = lag(o.etag_md5) OVER session, o.etag = lag(o.etag) OVER session, false) AS is_same_picture
FROM object_rows o
JOIN session_names n ON n.name_id = o.name_id AND n.part = $part
WHERE o.captured_at IS NOT NULL
WINDOW session AS (PARTITION BY n.session_id ORDER BY o.captured_at, o.name_id)
