-- An index as a sync leaves it: 500 screenshots a session, ten seconds apart, one user each, in folders by day.
INSERT INTO sources
SELECT 'shots', 's3', NULL, 'https://s3.example', 'shots-bucket', '', 'auto', 10, true, false, '1 auto', 1, NULL;

INSERT INTO names BY NAME
SELECT
    session + 1 AS name_id, 'shots' AS source,
    'shots/' || strftime(DATE '2026-01-01' + (session % $days)::INTEGER, '%Y%m%d') || '/' || md5(session::VARCHAR) || '_room_'
        || session % 5000 || '__uid_s_' || session * 7 % 100000 || '__uid_e_video_' AS front,
    17 AS digits, '.jpg' AS back, 'screenshot' AS kind, 'cloud-recording' AS service, md5(session::VARCHAR) AS sid,
    'room_' || session % 5000 AS cname, session * 7 % 100000 AS uid, 'video' AS stream_type, 1 AS captured_at_precision_ms
FROM range($objects // 500) sessions(session);

INSERT INTO kept_rows BY NAME
SELECT
    n.name_id,
    TIMESTAMP '2026-01-01' + to_days(((n.name_id - 1) % $days)::INTEGER) + to_seconds(shot * 10)
        + to_milliseconds(hash(n.name_id, shot) % 1000) AS captured_at,
    40000 + hash(shot, n.name_id) % 20000 AS size, md5(n.name_id || ' ' || shot)::UUID AS etag_md5,
    captured_at + INTERVAL 2 SECOND AS last_modified, 'STANDARD' AS storage_class, 1 AS first_seen_run
FROM names n, range(500) shots(shot)
ORDER BY n.name_id, captured_at;

-- Every 20th picture was judged, and its verdict names it in one of seven ways; the last way finds nothing.
INSERT INTO verdicts BY NAME
WITH chosen AS (
    SELECT n.*, o.captured_at, {key} AS key, row_number() OVER () AS number, number % 7 AS way
    FROM kept_rows o JOIN names n ON n.name_id = o.name_id
    WHERE hash(o.captured_at, o.name_id) % ($objects // $verdicts) = 0
)
SELECT
    md5(number::VARCHAR) || md5(key) AS verdict_id, verdict_id AS payload_id, '/' AS result_path, 'bench' AS provider,
    'machine' AS reviewer,
    CASE WHEN way = 0 THEN 'shots-bucket' END AS bucket,
    CASE way
        WHEN 0 THEN key
        WHEN 1 THEN key
        WHEN 3 THEN 'moved/' || split_part(key, '/', -1)
        WHEN 6 THEN 'lost/' || md5(key) || '.jpg'
    END AS object_key,
    CASE WHEN way = 2 THEN 'https://cdn.example/' || url_encode(key) || '?[redacted]' END AS object_url,
    CASE WHEN way IN (4, 5) THEN upper(sid) END AS sid,
    CASE WHEN way IN (4, 5) THEN cname END AS cname,
    CASE WHEN way IN (4, 5) THEN uid END AS uid,
    CASE way WHEN 4 THEN captured_at WHEN 5 THEN captured_at + INTERVAL 1300 MILLISECOND END AS captured_at,
    1 AS captured_at_precision_ms,
    CASE WHEN number % 2 = 0 THEN 'porn' ELSE 'neutral' END AS label,
    CASE WHEN number % 2 = 0 THEN 'sexual_explicit' ELSE 'neutral' END AS category,
    CASE WHEN number % 2 = 0 THEN 'block' ELSE 'pass' END AS suggestion,
    'provider' AS suggestion_source, captured_at + INTERVAL 5 SECOND AS moderated_at,
    true AS is_overall, suggestion = 'block' AS is_violation
FROM chosen;
