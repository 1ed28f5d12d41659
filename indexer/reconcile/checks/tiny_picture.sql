-- title: Pictures that are nearly empty
-- about: Sessions with pictures far smaller than their median: black or blank frames, or broken uploads.
-- scope: sessions
WITH tiny AS (
    SELECT
        t.session_id, min(t.captured_at) AS from_at, max(t.captured_at) AS until_at, count(*) AS pictures,
        min(t.size) AS smallest, any_value(u.median_size) AS median_size
    FROM shots t
    JOIN session_stats u ON u.session_id = t.session_id
    WHERE t.size < $tiny_share * u.median_size
    GROUP BY t.session_id
)
SELECT
    'warning' AS severity,
    l.source, l.channel, l.sid, l.uid, s.from_at, s.until_at,
    s.pictures AS rows,
    s.pictures AS measure,
    printf(
        '%d of %d pictures have less than %.1f %% of the session''s median of %.0f bytes, the smallest %d: most likely black',
        s.pictures, l.shots, 100 * $tiny_share, s.median_size, s.smallest
    ) AS explanation
FROM tiny s
JOIN session_list l ON l.session_id = s.session_id
WHERE l.shots >= 10
-- rows
SELECT *
FROM screenshots
WHERE source = $source
    AND sid IS NOT DISTINCT FROM $sid
    AND channel IS NOT DISTINCT FROM $channel
    AND uid IS NOT DISTINCT FROM $uid
    AND captured_at IS NOT NULL
QUALIFY size < $tiny_share * median(size) OVER ()
ORDER BY captured_at, key
