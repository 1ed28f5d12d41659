-- title: One picture over and over
-- about: Stretches of shots with one and the same etag: the camera, the stream or the recorder stood still.
-- scope: sessions
WITH same AS (
    SELECT *, number - row_number() OVER (PARTITION BY session_id ORDER BY number) AS stretch
    FROM shots
    WHERE is_same_picture
),
-- The first shot of a stretch is like none before it. Two objects of one instant are one shot.
stretches AS (
    SELECT
        session_id, min(before_at) AS from_at, max(captured_at) AS until_at, count(*) + 1 AS objects,
        count(*) FILTER (WHERE delta_ms > 0) + 1 AS instants,
        arg_max(name_id, number) AS name_id
    FROM same
    GROUP BY session_id, stretch
    HAVING count(*) FILTER (WHERE delta_ms > 0) + 1 >= $frozen_shots
)
-- The etag is in the subject, so that another picture of the first or last instant is not among the rows.
SELECT
    'warning' AS severity,
    l.source, l.channel, l.sid, l.uid,
    epoch_ms(s.from_at) || ' ' || coalesce(replace(o.etag_md5::VARCHAR, '-', ''), o.etag) AS subject,
    s.from_at, s.until_at,
    s.objects AS rows,
    s.instants AS measure,
    printf(
        '%d shots in a row over %.0f s are one and the same picture, byte for byte: the stream stood still',
        s.instants, (epoch_ms(s.until_at) - epoch_ms(s.from_at)) / 1000
    ) AS explanation
FROM stretches s
JOIN session_list l ON l.session_id = s.session_id
JOIN object_rows o ON o.name_id = s.name_id AND o.captured_at = s.until_at
-- rows
SELECT *
FROM screenshots
WHERE source = $source
    AND sid IS NOT DISTINCT FROM $sid
    AND channel IS NOT DISTINCT FROM $channel
    AND uid IS NOT DISTINCT FROM $uid
    AND captured_at BETWEEN $from_at AND $until_at
    AND etag = substr($subject, strpos($subject, ' ') + 1)
ORDER BY captured_at, key
